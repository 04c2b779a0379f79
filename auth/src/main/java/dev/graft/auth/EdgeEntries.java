package dev.graft.auth;

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
}
