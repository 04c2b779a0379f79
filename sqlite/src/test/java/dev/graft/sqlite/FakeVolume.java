package dev.graft.sqlite;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageSize;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A volume in memory: all pages of every commit. Its head can be put on another branch. */
@org.jspecify.annotations.NullUnmarked
final class FakeVolume {
  /**
   * A snapshot.
   *
   * @param pages by index less one; a null reads as zeros
   */
  record State(Position position, Position parent, byte[][] pages, Instant time) {}

  final PageSize pageSize;
  final VolumeId id = new VolumeId(1, 2);
  private final List<State> branch = new ArrayList<>();
  private long commits;

  FakeVolume(int pageBytes) {
    this.pageSize = new PageSize(pageBytes);
    Position start = new Position(Lsn.ZERO, Hash.sha256(new byte[0]));
    branch.add(new State(start, start, new byte[0][], Instant.EPOCH));
  }

  synchronized State head() {
    return branch.getLast();
  }

  synchronized State at(Lsn lsn) {
    return branch.get((int) lsn.value());
  }

  synchronized List<State> newest(int max) {
    return branch.reversed().stream().limit(Math.min(max, branch.size() - 1)).toList();
  }

  /** Appends a commit, or gives null when the head is another one. */
  synchronized State append(Position base, byte[][] pages) {
    if (!head().position().equals(base)) {
      return null;
    }
    Lsn lsn = base.lsn().next();
    byte[] unique = ByteBuffer.allocate(8).putLong(++commits).array();
    State next =
        new State(
            new Position(lsn, Hash.sha256(unique)),
            base,
            pages,
            Instant.EPOCH.plusSeconds(commits));
    branch.add(next);
    return next;
  }

  /** Makes history end with that state: what came after it is gone, and new commits diverge. */
  synchronized void cutTo(Lsn lsn) {
    while (branch.size() > lsn.value() + 1) {
      branch.removeLast();
    }
  }

  /** Makes a state that history had once the head again, at the LSN it had. */
  synchronized void revert(State state, List<State> itsBranch) {
    branch.clear();
    branch.addAll(itsBranch);
    if (!head().position().equals(state.position())) {
      throw new IllegalArgumentException("not the end of that branch");
    }
  }

  synchronized List<State> branch() {
    return List.copyOf(branch);
  }
}
