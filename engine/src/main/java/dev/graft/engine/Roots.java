package dev.graft.engine;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.StateRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The maps from which all that a volume still needs can be reached (rule 4.11). */
final class Roots {
  private static final int COMMITS_AT_ONCE = Rounds.MAX_PARALLEL;

  private final History history;
  private final CommitLog commits;
  private final NewestCommit newest;
  private final Rounds rounds;

  Roots(History history, CommitLog commits, NewestCommit newest, Rounds rounds) {
    this.history = history;
    this.commits = commits;
    this.newest = newest;
    this.rounds = rounds;
  }

  /**
   * Takes in the checkpoints through which LSNs are answered, by any of these records: those of
   * kept LSNs, and of the others each from the newest one at the floor on.
   *
   * @param records the newest first
   */
  void addKept(Reach reach, List<StateRecord> records) {
    Lsn floor = records.getFirst().floor();
    Set<StateRecord.KeptCheckpoint> checkpoints = new LinkedHashSet<>();
    for (StateRecord state : records) {
      checkpoints.addAll(usedBy(state, floor));
    }
    VolumeId volume = records.getFirst().volume();
    for (StateRecord.KeptCheckpoint checkpoint : checkpoints) {
      reach.add(history.checkpoint(volume, checkpoint).root());
    }
  }

  private static List<StateRecord.KeptCheckpoint> usedBy(StateRecord state, Lsn floor) {
    List<StateRecord.KeptCheckpoint> used = new ArrayList<>();
    StateRecord.KeptCheckpoint atFloor = null;
    for (StateRecord.KeptCheckpoint checkpoint : state.checkpoints()) {
      Lsn lsn = checkpoint.position().lsn();
      if (!lsn.isAfter(floor)) {
        atFloor = checkpoint;
      }
      if (lsn.isAfter(floor) || state.keptLsns().contains(lsn)) {
        used.add(checkpoint);
      }
    }
    if (atFloor != null) {
      used.add(atFloor);
    }
    return used;
  }

  /**
   * Takes in the maps of all commits above the floor. Each one is read, not the rollups: a commit
   * that went back to an older one names places of that one, also when it was superseded soon.
   */
  void addCommitsAbove(Reach reach, StateRecord state) {
    commitsAbove(state, header -> reach.add(history.root(header)));
  }

  /** Gives the header of every commit above the floor, ascending. */
  void commitsAbove(StateRecord state, Consumer<CommitHeader> taker) {
    VolumeId volume = state.volume();
    long head = newest.find(volume, newest.seen(volume)).value();
    long next = state.floor().value() + 1;
    while (next <= head) {
      List<Lsn> some = new ArrayList<>();
      for (; next <= head && some.size() < COMMITS_AT_ONCE; next++) {
        some.add(new Lsn(next));
      }
      List<CommitHeader> headers = rounds.each("reach", some, lsn -> commits.header(volume, lsn));
      headers.forEach(taker);
    }
  }
}
