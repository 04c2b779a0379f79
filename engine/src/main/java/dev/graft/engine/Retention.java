package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.VolumeState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** Changes what a volume keeps: retention, floor and kept LSNs (rules 4.10, 4.11 and 5.7). */
final class Retention {
  /** No volume keeps less: an LSN can be asked for that long after it ceased to be the head. */
  static final Duration MINIMUM = EngineOptions.LEAST_RETENTION;

  /** Floors are multiples of this, so that no lowest rollup begins below one and ends above it. */
  private static final long FLOOR_STEP = Block.FAN_OUT;

  /** How often a floor is tried again when others kept LSNs below it meanwhile. */
  private static final int FLOOR_TRIES = 16;

  private final Volumes volumes;
  private final StateLog states;
  private final NewestCommit newest;
  private final CommitLog commits;
  private final TimeSearch times;
  private final Checkpoints checkpoints;
  private final KeptLsns kept;
  private final Pins pins;
  private final Trimmer trimmer;
  private final Rounds rounds;

  Retention(
      Volumes volumes,
      StateLog states,
      NewestCommit newest,
      CommitLog commits,
      Checkpoints checkpoints,
      Pins pins,
      Trimmer trimmer,
      Rounds rounds) {
    this.volumes = volumes;
    this.states = states;
    this.newest = newest;
    this.commits = commits;
    this.times = new TimeSearch(commits, rounds);
    this.checkpoints = checkpoints;
    this.kept = new KeptLsns(states, rounds);
    this.pins = pins;
    this.trimmer = trimmer;
    this.rounds = rounds;
  }

  /** See {@link dev.graft.protocol.remote.Remote#retain}. */
  Retained retain(RetainRequest request) {
    VolumeRecord record = volumes.record(request.volume());
    VolumeId volume = record.volume();
    Deletion.requireAlive(states.newest(volume));
    return switch (request.change()) {
      case RetainRequest.Change.Retention(Duration retention) -> retention(volume, retention);
      case RetainRequest.Change.FloorAt(Lsn lsn) -> floorAt(record, lsn);
      case RetainRequest.Change.FloorOlderThan(Duration age) -> floorOlderThan(record, age);
      case RetainRequest.Change.Keep(Lsn lsn, boolean kept) ->
          kept ? told(volume, keep(volume, lsn), false) : told(volume, release(volume, lsn), true);
    };
  }

  /** See {@link dev.graft.protocol.remote.Remote#state}. */
  VolumeState state(VolumeId volume) {
    VolumeRecord record = volumes.record(volume);
    StateRecord state =
        states.newest(volume).orElseGet(() -> StateLog.first(volume, record.created()));
    return told(state, pins.forks(volume));
  }

  /** What a state record says, with forks that were seen beside those that it names. */
  static VolumeState told(StateRecord state, List<VolumeId> seen) {
    TreeSet<VolumeId> forks = new TreeSet<>(state.pins());
    forks.addAll(seen);
    return new VolumeState(
        state.volume(),
        state.number(),
        state.floor(),
        state.retention(),
        state.checkpoints().stream().map(checkpoint -> checkpoint.position().lsn()).toList(),
        state.keptLsns(),
        List.copyOf(forks),
        state.deleted());
  }

  private Retained told(VolumeId volume, boolean changed, boolean trims) {
    Trimmer.Outcome outcome = trims ? trimmer.trim(volume) : Trimmer.Outcome.NOTHING;
    return new Retained(
        state(volume), changed, outcome.trimmed(), outcome.places(), outcome.waitsFor());
  }

  private Retained retention(VolumeId volume, Duration retention) {
    if (retention.compareTo(MINIMUM) < 0) {
      throw new GraftException.Misuse(
          "a retention of " + retention + " is too short: the least is " + MINIMUM);
    }
    boolean changed =
        publish(
            volume,
            state ->
                state.retention().equals(retention)
                    ? Optional.empty()
                    : Optional.of(state.next(rounds.now()).withRetention(retention)));
    return told(volume, changed, false);
  }

  private boolean publish(VolumeId volume, Function<StateRecord, Optional<StateRecord>> next) {
    return states.publish(volume, next, Instant.MAX);
  }

  /**
   * Keeps an LSN, also when the floor rises above it.
   *
   * @return whether it was not kept before
   * @throws GraftException.Gone when it lies below the floor and is not kept
   * @throws GraftException.NotFound when there is no such commit yet
   */
  boolean keep(VolumeId volume, Lsn lsn) {
    Lsn head = newest.find(volume, newest.seen(volume));
    if (lsn.equals(Lsn.ZERO) || lsn.isAfter(head)) {
      throw new GraftException.NotFound(
          "volume " + volume + " has no commit " + lsn + ": its newest is " + head);
    }
    return kept.keep(volume, lsn);
  }

  /**
   * Lets a kept LSN go; below the floor it is gone then.
   *
   * @return whether it was kept
   */
  boolean release(VolumeId volume, Lsn lsn) {
    return kept.release(volume, lsn);
  }

  private Retained floorAt(VolumeRecord record, Lsn lsn) {
    VolumeId volume = record.volume();
    Lsn head = newest.find(volume, newest.seen(volume));
    if (lsn.isAfter(head)) {
      throw new GraftException.Misuse(
          "the floor of " + volume + " cannot be LSN " + lsn + ": its newest commit is " + head);
    }
    return told(volume, raise(record, lsn), true);
  }

  private Retained floorOlderThan(VolumeRecord record, Duration age) {
    VolumeId volume = record.volume();
    Duration retention =
        states.newest(volume).map(StateRecord::retention).orElse(StateLog.RETENTION);
    if (age.compareTo(retention) < 0) {
      throw new GraftException.Misuse(
          "history of "
              + volume
              + " is kept for "
              + retention
              + ", longer than "
              + age
              + ": shorten the retention first (not below "
              + MINIMUM
              + ")");
    }
    Lsn head = newest.find(volume, newest.seen(volume));
    Lsn floor = states.floor(volume);
    Instant before = rounds.now().minus(age);
    if (head.equals(floor) || commits.header(volume, floor.next()).time().isAfter(before)) {
      return told(volume, false, true);
    }
    Budget budget = new Budget(rounds, Instant.MAX, Integer.MAX_VALUE);
    return told(
        volume, raise(record, times.lastNotAfter(volume, floor, head, before, budget)), true);
  }

  /**
   * Raises the floor to an LSN that exists, rounded down: checkpoints of it and of kept LSNs below
   * it first, then the record that names them and tells the floor.
   *
   * @return false when the floor is that high already
   */
  private boolean raise(VolumeRecord record, Lsn wanted) {
    VolumeId volume = record.volume();
    Lsn floor = new Lsn(wanted.value() - wanted.value() % FLOOR_STEP);
    Map<Lsn, StateRecord.KeptCheckpoint> made = new HashMap<>();
    Instant notAfter = rounds.now().plus(Uploads.NAMED_WITHIN);
    for (int tried = 0; tried < FLOOR_TRIES; tried++) {
      StateRecord state =
          states.newest(volume).orElseGet(() -> StateLog.first(volume, rounds.now()));
      if (!floor.isAfter(state.floor())) {
        return false;
      }
      requireOld(state, floor);
      for (Lsn lsn : missing(state, floor, made)) {
        made.put(lsn, checkpoint(record, lsn, notAfter));
      }
      List<VolumeId> forks = pins.forks(volume);
      boolean[] overtaken = {false};
      boolean published =
          states.publish(
              volume,
              now -> {
                overtaken[0] = floor.isAfter(now.floor()) && !missing(now, floor, made).isEmpty();
                return overtaken[0] ? Optional.empty() : raised(now, floor, made, forks);
              },
              notAfter);
      if (published) {
        return true;
      }
      if (!overtaken[0] && rounds.now().isAfter(notAfter)) {
        break;
      }
    }
    throw new GraftException.Unavailable(
        "the floor of " + volume + " was not raised: others changed what is kept; try again");
  }

  /** The LSN before the floor must have ceased to be the head longer ago than the retention. */
  private void requireOld(StateRecord state, Lsn floor) {
    Instant made = commits.header(state.volume(), floor).time();
    if (made.isAfter(rounds.now().minus(state.retention()))) {
      throw new GraftException.Misuse(
          "the floor of "
              + state.volume()
              + " cannot be LSN "
              + floor
              + " yet: that commit is from "
              + made
              + ", and what it superseded is kept for "
              + state.retention()
              + "; wait, or shorten the retention first (not below "
              + MINIMUM
              + ")");
    }
  }

  /** LSNs that can be answered only through a checkpoint of their own once the floor is there. */
  private static List<Lsn> missing(
      StateRecord state, Lsn floor, Map<Lsn, StateRecord.KeptCheckpoint> made) {
    List<Lsn> missing = new ArrayList<>();
    for (Lsn kept : state.keptLsns()) {
      if (kept.isBefore(floor)) {
        missing.add(kept);
      }
    }
    missing.add(floor);
    missing.removeIf(lsn -> made.containsKey(lsn) || state.checkpointAt(lsn).isPresent());
    return missing;
  }

  private StateRecord.KeptCheckpoint checkpoint(VolumeRecord record, Lsn lsn, Instant notAfter) {
    return checkpoints
        .write(record.volume(), record.pageSize(), lsn, Integer.MAX_VALUE, notAfter)
        .orElseThrow(() ->
            new GraftException.Unavailable(
                "the checkpoint of commit "
                    + lsn
                    + " of "
                    + record.volume()
                    + " took too long; try again"));
  }

  private Optional<StateRecord> raised(
      StateRecord now, Lsn floor, Map<Lsn, StateRecord.KeptCheckpoint> made, List<VolumeId> forks) {
    if (!floor.isAfter(now.floor())) {
      return Optional.empty();
    }
    requireOld(now, floor);
    StateRecord next = now.next(rounds.now()).withFloor(floor);
    List<StateRecord.KeptCheckpoint> kept = new ArrayList<>();
    for (StateRecord.KeptCheckpoint checkpoint : now.checkpoints()) {
      if (next.keeps(checkpoint.position().lsn())) {
        kept.add(checkpoint);
      }
    }
    for (Map.Entry<Lsn, StateRecord.KeptCheckpoint> entry : made.entrySet()) {
      if (next.keeps(entry.getKey()) && now.checkpointAt(entry.getKey()).isEmpty()) {
        kept = Checkpoints.added(kept, entry.getValue());
      }
    }
    return Optional.of(
        next.withCheckpoints(kept)
            .withPins(forks.subList(0, Math.min(forks.size(), StateRecord.MAX_LIST))));
  }

  /** What is told of an LSN whose history was given up. */
  static GraftException gone(StateRecord state, Lsn lsn) {
    return new GraftException.Gone(
        "commit "
            + lsn
            + " of "
            + state.volume()
            + " is gone: history below LSN "
            + state.floor()
            + " was given up"
            + (state.keptLsns().isEmpty() ? "" : ", but for kept LSNs")
            + "; ask for a newer commit");
  }
}
