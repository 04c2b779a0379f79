package dev.graft.client.http;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One token that was given, and those that belong to forks. Which one is shown goes by the volumes
 * that a token is for: what it says is not proved here, only read, so that the remote is not asked
 * with a token that cannot do. One that names a volume as an ancestor does for its ranges alone, so
 * it is shown for that volume only when no token is for it. Safe for use by many threads.
 */
public final class HeldTokens implements TokenSource {
  private final @Nullable String given;

  /** In the order of the volumes, so that the same is shown each time. Never changed. */
  private final SortedMap<VolumeId, String> saved;

  private final BiConsumer<VolumeId, String> keeper;
  private final Map<VolumeId, String> learned = new ConcurrentHashMap<>();

  /**
   * Holds one token and no other.
   *
   * @param given null for none
   */
  public HeldTokens(@Nullable String given) {
    this(given, Map.of(), (volume, token) -> {});
  }

  /**
   * Holds a token and some that were learned before.
   *
   * @param given comes first wherever it may do; null for none
   * @param saved by the volume that they are for
   * @param keeper is told of each token that is learned, before it is used
   */
  public HeldTokens(
      @Nullable String given, Map<VolumeId, String> saved, BiConsumer<VolumeId, String> keeper) {
    this.given = given;
    this.keeper = keeper;
    this.saved = new TreeMap<>(saved);
  }

  @Override
  public Optional<String> token(VolumeId volume) {
    String own = learned.get(volume);
    if (own != null) {
      return Optional.of(own);
    }
    if (given != null && (saved.isEmpty() || isFor(given, volume))) {
      return Optional.of(given);
    }
    String exact = saved.get(volume);
    if (exact != null) {
      return Optional.of(exact);
    }
    for (String token : saved.values()) {
      if (isFor(token, volume)) {
        return Optional.of(token);
      }
    }
    return reader(volume)
        .or(() -> given != null ? Optional.of(given) : saved.values().stream().findFirst());
  }

  /** Of the tokens of forks of a volume, the one that reads on the furthest in its log. */
  private Optional<String> reader(VolumeId volume) {
    String found = null;
    Lsn furthest = Lsn.ZERO;
    for (String token : held()) {
      Lsn upTo = TokenClaims.of(token).map(claims -> claims.ancestors().get(volume)).orElse(null);
      if (upTo != null && (found == null || upTo.compareTo(furthest) > 0)) {
        found = token;
        furthest = upTo;
      }
    }
    return Optional.ofNullable(found);
  }

  private List<String> held() {
    List<String> all = new ArrayList<>();
    if (given != null) {
      all.add(given);
    }
    all.addAll(saved.values());
    return all;
  }

  /** Whether a token is for a volume, or for all; one in no known form may be. */
  private static boolean isFor(String token, VolumeId volume) {
    return TokenClaims.of(token).map(claims -> claims.isFor(volume)).orElse(true);
  }

  @Override
  public void learned(VolumeId volume, String token) {
    keeper.accept(volume, token);
    learned.put(volume, token);
  }

  /** Says nothing of the tokens. */
  @Override
  public String toString() {
    return "HeldTokens[" + learned.keySet() + "]";
  }
}
