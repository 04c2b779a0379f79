package dev.graft.client.http;

import dev.graft.protocol.id.VolumeId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One token for everything, and those of forks that were made meanwhile. */
public final class HeldTokens implements TokenSource {
  private final @Nullable String usual;
  private final Map<VolumeId, String> learned = new ConcurrentHashMap<>();

  /**
   * @param usual what was given; null for none
   */
  public HeldTokens(@Nullable String usual) {
    this.usual = usual;
  }

  @Override
  public Optional<String> token(VolumeId volume) {
    String own = learned.get(volume);
    return Optional.ofNullable(own != null ? own : usual);
  }

  @Override
  public void learned(VolumeId volume, String token) {
    learned.put(volume, token);
  }

  /** Says nothing of the tokens. */
  @Override
  public String toString() {
    return "HeldTokens[" + learned.keySet() + "]";
  }
}
