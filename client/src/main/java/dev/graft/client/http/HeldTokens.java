package dev.graft.client.http;

import dev.graft.protocol.id.VolumeId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One token that was given, and those that belong to forks. Which one is shown goes by the volumes
 * that a token names: what it says is not proved here, only read, so that the remote is not asked
 * with a token that cannot do.
 */
public final class HeldTokens implements TokenSource {
  private final @Nullable String given;
  private final Map<VolumeId, String> saved;
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
    this.saved = Map.copyOf(saved);
  }

  @Override
  public Optional<String> token(VolumeId volume) {
    String own = learned.get(volume);
    if (own != null) {
      return Optional.of(own);
    }
    if (given != null && (saved.isEmpty() || names(given, volume))) {
      return Optional.of(given);
    }
    String exact = saved.get(volume);
    if (exact != null) {
      return Optional.of(exact);
    }
    for (String token : saved.values()) {
      if (names(token, volume)) {
        return Optional.of(token);
      }
    }
    return given != null ? Optional.of(given) : saved.values().stream().findFirst();
  }

  /** Whether a token may be for a volume, as itself or as an ancestor; one in no known form may. */
  private static boolean names(String token, VolumeId volume) {
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (first < 0 || second < 0) {
      return true;
    }
    try {
      byte[] claims = Base64.getUrlDecoder().decode(token.substring(first + 1, second));
      String text = new String(claims, StandardCharsets.UTF_8);
      return text.contains('"' + volume.toString() + '"') || text.contains("\"*\"");
    } catch (IllegalArgumentException e) {
      return true;
    }
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
