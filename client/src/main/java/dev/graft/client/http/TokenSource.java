package dev.graft.client.http;

import dev.graft.protocol.id.VolumeId;
import java.util.Optional;

/** Knows which token to show. Implementations are safe for use by many threads. */
public interface TokenSource {
  /**
   * The token for requests about a volume.
   *
   * @param volume whose; for ranges, in whose objects they lie, which may be an ancestor of the
   *     volume that is read
   */
  Optional<String> token(VolumeId volume);

  /**
   * Takes a token that the remote made: the one for a fork, when the parent's does not admit it.
   */
  void learned(VolumeId volume, String token);
}
