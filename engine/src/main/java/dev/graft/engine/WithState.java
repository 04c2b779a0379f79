package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import java.util.function.Supplier;

/**
 * Reads that rest on a copy of the state. When something that it promises is missing, it may have
 * been given up since the copy was read: the newest state is read and the work done once more.
 */
final class WithState {
  /** Each try sees a newer state; the floor rises at most once in a retention. */
  private static final int MAX_TRIES = 4;

  private WithState() {}

  /** Does the work, again while it fails and there is a newer state than the one it began with. */
  static <T> T read(StateLog states, VolumeId volume, Supplier<T> work) {
    for (int tried = 1; ; tried++) {
      long before = states.knownNumber(volume);
      try {
        return work.get();
      } catch (GraftException.Corrupt | GraftException.NotFound e) {
        if (tried == MAX_TRIES || !states.hasNewer(volume, before)) {
          throw e;
        }
      }
    }
  }
}
