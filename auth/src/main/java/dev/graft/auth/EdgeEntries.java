package dev.graft.auth;

import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the edge's key value store holds, so that the edge decides without asking anybody: for each
 * key {@code key/ID} with its secret in base 64, for each revoked token its id, and for each
 * deleted volume its id, both with the second after which the entry is of no use.
 */
public final class EdgeEntries {
  private static final String KEY_PREFIX = "key/";

  private EdgeEntries() {}

  /** All entries, by name; what else the store holds has to go. */
  public static Map<String, String> of(KeyRing ring, RevocationLog.Listing revoked) {
    Map<String, String> entries = new TreeMap<>();
    ring.keys().forEach(key -> entries.put(KEY_PREFIX + key.id(), key.secretText()));
    revoked
        .tokens()
        .forEach((id, end) -> entries.put(id.toString(), Long.toString(end.getEpochSecond())));
    revoked
        .volumes()
        .forEach((id, end) -> entries.put(id.toString(), Long.toString(end.getEpochSecond())));
    return entries;
  }

  /**
   * The entries that are of use at an instant: what ended a day before is left out, as in the log
   * of revocations itself.
   */
  public static Map<String, String> of(KeyRing ring, RevocationLog.Listing revoked, Instant now) {
    Instant oldest = now.minus(RevocationLog.GRACE);
    Map<TokenId, Instant> tokens = new HashMap<>(revoked.tokens());
    Map<VolumeId, Instant> volumes = new HashMap<>(revoked.volumes());
    tokens.values().removeIf(end -> end.isBefore(oldest));
    volumes.values().removeIf(end -> end.isBefore(oldest));
    return of(ring, new RevocationLog.Listing(tokens, volumes));
  }

  /** Whether an entry is a key of the ring. */
  public static boolean isKey(String name) {
    return name.startsWith(KEY_PREFIX);
  }
}
