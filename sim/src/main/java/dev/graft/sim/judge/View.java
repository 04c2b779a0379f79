package dev.graft.sim.judge;

import java.util.List;

/**
 * The snapshot that something was read from.
 *
 * @param lsn the commit that it stands on; 0 for the empty volume
 * @param pending the transactions of this client that lie on top of it and are in no store yet,
 *     oldest first: what is read through them is optimistic
 * @param count its pages; -1 when it was not looked at
 */
public record View(long lsn, List<String> pending, long count) {
  public View {
    pending = List.copyOf(pending);
  }

  /** Exactly a commit. */
  public static View of(long lsn, long count) {
    return new View(lsn, List.of(), count);
  }
}
