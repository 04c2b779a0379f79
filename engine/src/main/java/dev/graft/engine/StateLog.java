package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.StateRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The second log of each volume (rule 4.10): whole records, the newest counts. A copy is kept for a
 * while, since what it says changes slowly and old words stay true for readers.
 */
final class StateLog {
  /** What a volume without a state record keeps. */
  static final Duration RETENTION = EngineOptions.DEFAULT.retention();

  private static final int MAX_RECORD_BYTES = 1 << 20;
  private static final int MAX_KEPT = 10_000;

  /** How often a writer tries again when another one took the number. */
  private static final int PUBLISH_TRIES = 16;

  private final PatientStore log;
  private final HeadFinder finder;
  private final Rounds rounds;
  private final Duration maxAge;
  private final Duration retention;
  private final BoundedCache<VolumeId, Copy> kept = new BoundedCache<>(MAX_KEPT, copy -> 1);

  /** The newest record at some instant not before {@code readAt}; null when there was none. */
  private record Copy(@Nullable StateRecord state, Instant readAt) {}

  StateLog(PatientStore log, HeadFinder finder, Rounds rounds, Duration maxAge) {
    this(log, finder, rounds, maxAge, RETENTION);
  }

  /**
   * @param retention what the first record of a new volume says
   */
  StateLog(
      PatientStore log, HeadFinder finder, Rounds rounds, Duration maxAge, Duration retention) {
    this.log = log;
    this.finder = finder;
    this.rounds = rounds;
    this.maxAge = maxAge;
    this.retention = retention;
  }

  /** The state as it is known here; nothing when none was read, or there is none. */
  Optional<StateRecord> known(VolumeId volume) {
    Copy copy = kept.get(volume);
    return copy == null ? Optional.empty() : Optional.ofNullable(copy.state);
  }

  /** The LSN below which history is gone, as far as it is known here. */
  Lsn floor(VolumeId volume) {
    return known(volume).map(StateRecord::floor).orElse(Lsn.ZERO);
  }

  /**
   * Reads the newest record because something that it promises is missing.
   *
   * @param than the number of the record that was known before
   * @return whether there is a newer one, so that it is worth another look
   */
  boolean hasNewer(VolumeId volume, long than) {
    return read(volume).map(StateRecord::number).orElse(0L) > than;
  }

  /** The number of the newest record that is known here; 0 when none is. */
  long knownNumber(VolumeId volume) {
    return known(volume).map(StateRecord::number).orElse(0L);
  }

  /**
   * Every record that was the newest at some time since an instant, newest first: those written
   * since, and the one before them.
   */
  List<StateRecord> newestSince(VolumeId volume, Instant since) {
    List<StateRecord> records = new ArrayList<>();
    Optional<StateRecord> record = read(volume);
    while (record.isPresent()) {
      records.add(record.get());
      long number = record.get().number();
      record =
          number > 1 && record.get().time().isAfter(since)
              ? record(volume, number - 1)
              : Optional.empty();
    }
    return records;
  }

  /** The generation of derived objects. */
  int generation(VolumeId volume) {
    return known(volume).map(StateRecord::generation).orElse(0);
  }

  /** Reads the newest record unless the copy is young; whether it read. */
  boolean refresh(VolumeId volume) {
    Copy copy = kept.get(volume);
    if (copy != null && rounds.now().isBefore(copy.readAt.plus(maxAge))) {
      return false;
    }
    read(volume);
    return true;
  }

  /** Reads the newest record, however young the copy is: it is not older than this call. */
  Optional<StateRecord> newest(VolumeId volume) {
    return read(volume);
  }

  private Optional<StateRecord> read(VolumeId volume) {
    Instant start = rounds.now();
    long known = known(volume).map(StateRecord::number).orElse(0L);
    long newest =
        finder.find(Keys.statePrefix(volume), known, number -> record(volume, number).isPresent());
    Optional<StateRecord> state = newest == known ? known(volume) : record(volume, newest);
    kept.put(volume, new Copy(state.orElse(null), start));
    return state;
  }

  private Optional<StateRecord> record(VolumeId volume, long number) {
    ObjectKey key = Keys.state(volume, number);
    return log.whole(volume, key, MAX_RECORD_BYTES)
        .map(bytes -> StateRecord.decode(key.value(), volume, number, bytes));
  }

  /**
   * Writes a volume's first record, unless it has one.
   *
   * @return whether this call certainly wrote it
   */
  boolean begin(VolumeId volume) {
    StateRecord first = first(volume, retention, rounds.now());
    return log.put(volume, Keys.state(volume, 1), first.encode(), Instant.MAX)
        instanceof PutOutcome.Created;
  }

  /** What holds for a volume that has no record yet. */
  static StateRecord first(VolumeId volume, Instant now) {
    return first(volume, RETENTION, now);
  }

  private static StateRecord first(VolumeId volume, Duration retention, Instant now) {
    return new StateRecord(
        volume, 1, 0, Lsn.ZERO, retention, List.of(), List.of(), false, List.of(), now);
  }

  /**
   * Puts the next record after the newest one; when another writer was first, again after that one.
   *
   * @param next makes the record from the newest; nothing when there is nothing left to say
   * @param notAfter the last moment for the record
   * @return whether the record was written
   */
  boolean publish(
      VolumeId volume, Function<StateRecord, Optional<StateRecord>> next, Instant notAfter) {
    for (int tried = 0; tried < PUBLISH_TRIES; tried++) {
      if (read(volume).isEmpty()) {
        begin(volume);
        continue;
      }
      Optional<StateRecord> record = known(volume).flatMap(next);
      if (record.isEmpty()) {
        return false;
      }
      ObjectKey key = Keys.state(volume, record.get().number());
      PutOutcome outcome = log.put(volume, key, record.get().encode(), notAfter);
      // What stands there may be our own, from a try whose answer was lost.
      if (outcome instanceof PutOutcome.Created
          || (outcome instanceof PutOutcome.AlreadyExists
              && PatientStore.behindPut(key, () -> record(volume, record.get().number()))
                  .equals(record))) {
        kept.put(volume, new Copy(record.get(), rounds.now()));
        return true;
      }
      if (outcome instanceof PutOutcome.TooLate) {
        return false;
      }
    }
    throw new GraftException.Unavailable(
        "other writers took the next " + PUBLISH_TRIES + " state records of " + volume);
  }
}
