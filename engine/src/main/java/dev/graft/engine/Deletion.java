package dev.graft.engine;

import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.LogEnd;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.remote.VolumeState;
import java.time.Instant;
import java.util.Optional;

/**
 * Deletes volumes (rule 5.9): first the state says so, then the log is closed by an end in the
 * place of its next commit. Other engines may hold old copies of the state; none can put a commit
 * behind the end, and each that looks for a newer commit finds it.
 */
final class Deletion {
  /** How many commits may come between before the end is put. */
  private static final int MAX_TRIES = 1_000;

  private final Volumes volumes;
  private final StateLog states;
  private final NewestCommit newest;
  private final CommitLog commits;
  private final Pins pins;
  private final PatientStore log;
  private final Rounds rounds;

  Deletion(
      Volumes volumes,
      StateLog states,
      NewestCommit newest,
      CommitLog commits,
      Pins pins,
      PatientStore log,
      Rounds rounds) {
    this.volumes = volumes;
    this.states = states;
    this.newest = newest;
    this.commits = commits;
    this.pins = pins;
    this.log = log;
    this.rounds = rounds;
  }

  /** See {@link dev.graft.protocol.remote.Remote#delete}. */
  VolumeState delete(VolumeId volume) {
    VolumeRecord record = volumes.record(volume);
    states.publish(
        volume,
        state ->
            state.deleted() ? Optional.empty() : Optional.of(state.next(rounds.now()).asDeleted()),
        Instant.MAX);
    close(volume);
    StateRecord state =
        states.known(volume).orElseGet(() -> StateLog.first(volume, record.created()));
    return Retention.told(state, pins.forks(volume));
  }

  private void close(VolumeId volume) {
    for (int tried = 0; tried < MAX_TRIES; tried++) {
      Lsn head = head(volume);
      if (commits.endsAt(volume, head)) {
        return;
      }
      LogEnd end = new LogEnd(volume, head.next(), rounds.now());
      PutOutcome outcome =
          log.put(volume, Keys.commit(volume, end.lsn()), end.encode(), Instant.MAX);
      // Where another put was first, it was a commit that lands before the end, or an end.
      if (outcome instanceof PutOutcome.Created || commits.endsAt(volume, end.lsn())) {
        return;
      }
    }
    throw new GraftException.Unavailable(
        MAX_TRIES + " commits came while " + volume + " was to be deleted; ask again");
  }

  /** The last place that is taken, by a commit or by the end. */
  private Lsn head(VolumeId volume) {
    Lsn seen = newest.seen(volume);
    Lsn floor = states.floor(volume);
    return newest.findTaken(volume, seen.isAfter(floor) ? seen : floor);
  }

  /**
   * Refuses a volume that is deleted as far as is known here; the copy of the state is read again
   * when it is old.
   */
  static void requireAlive(StateLog states, VolumeId volume) {
    states.refresh(volume);
    requireAlive(states.known(volume));
  }

  /** Refuses a volume whose state says that it is deleted. */
  static void requireAlive(Optional<StateRecord> state) {
    if (state.isPresent() && state.get().deleted()) {
      throw gone(state.get().volume());
    }
  }

  /** What is told of a deleted volume. */
  static GraftException gone(VolumeId volume) {
    return new GraftException.Gone(
        "volume " + volume + " was deleted; forks of it live on, and nothing else of it does");
  }
}
