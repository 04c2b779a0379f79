package dev.graft.engine;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A store whose passing failures are tried again: reads a few times, writes until it is certain
 * what became of them or the deadline has come.
 */
final class PatientStore {
  /** How often a read is tried before its failure is told. */
  private static final int READ_TRIES = 3;

  /** How often a write is tried, however far the deadline may be. */
  private static final int WRITE_TRIES = 1_000;

  private final ObjectStore store;
  private final Rounds rounds;
  private final Backoff backoff;
  private final Duration deadline;

  PatientStore(ObjectStore store, Rounds rounds, Backoff backoff, Duration deadline) {
    this.store = store;
    this.rounds = rounds;
    this.backoff = backoff;
    this.deadline = deadline;
  }

  /** The store itself, for listings. */
  ObjectStore store() {
    return store;
  }

  /** Reads a range, see {@link ObjectStore#get}. */
  GetOutcome get(VolumeId volume, ObjectKey key, long offset, int maxBytes) {
    return read(volume, () -> store.get(key, offset, maxBytes));
  }

  /** The SHA-256 of an object, see {@link ObjectStore#sha256}. */
  Optional<Hash> sha256(VolumeId volume, ObjectKey key) {
    return read(volume, () -> store.sha256(key));
  }

  private <T> T read(VolumeId volume, Supplier<T> request) {
    for (int tried = 1; ; tried++) {
      try {
        return request.get();
      } catch (GraftException.Unavailable e) {
        if (tried == READ_TRIES) {
          throw e;
        }
        pause(volume, tried);
      }
    }
  }

  /**
   * Reads a whole object, or nothing when there is none.
   *
   * @throws GraftException.Corrupt when it is longer than an object of its kind can be
   */
  Optional<byte[]> whole(VolumeId volume, ObjectKey key, int maxBytes) {
    return switch (get(volume, key, 0, maxBytes)) {
      case GetOutcome.Missing() -> Optional.empty();
      case GetOutcome.Found(byte[] bytes, long totalBytes) -> {
        if (totalBytes > bytes.length) {
          throw new GraftException.Corrupt(
              key + " has " + totalBytes + " bytes, more than the " + maxBytes + " it may have");
        }
        yield Optional.of(bytes);
      }
    };
  }

  /**
   * Writes an object when none stands there, again and again until the outcome is certain: never
   * {@link PutOutcome.Unknown}. {@link PutOutcome.AlreadyExists} may mean an earlier try of this
   * very call: the bytes decide.
   *
   * @throws GraftException.Unavailable when the deadline came first, or a later try was refused for
   *     good after one whose outcome is unknown: then it may stand there, or land later, but never
   *     after {@code notAfter}
   * @throws GraftException when the store refuses it for good: then it does not stand there and
   *     will not
   */
  PutOutcome put(VolumeId volume, ObjectKey key, byte[] bytes, Instant notAfter) {
    Instant giveUp = rounds.now().plus(deadline);
    boolean mayHaveLanded = false;
    for (int tried = 1; ; tried++) {
      String reason;
      try {
        PutOutcome outcome = timed(key, bytes, notAfter);
        if (!(outcome instanceof PutOutcome.Unknown(String seen))) {
          return outcome;
        }
        reason = seen;
        mayHaveLanded = true;
      } catch (GraftException.Unavailable e) {
        reason = String.valueOf(e.getMessage());
      } catch (GraftException refusal) {
        throw mayHaveLanded ? notKnown(key, refusal) : refusal;
      }
      if (tried == WRITE_TRIES || !rounds.now().isBefore(giveUp)) {
        throw new GraftException.Unavailable(
            "it is not known whether "
                + key
                + " was written, after "
                + tried
                + " tries ("
                + reason
                + "); repeat the same request, unchanged, to find out");
      }
      pause(volume, tried);
    }
  }

  /**
   * Looks at what came of a put that may have landed. What the store refuses then is no refusal of
   * the put.
   *
   * @param look throws of itself none but {@link GraftException.Unavailable}, {@link
   *     GraftException.Gone} and {@link GraftException.Corrupt}
   * @throws GraftException.Unavailable when the store refuses to be asked
   */
  static <T> T behindPut(ObjectKey key, Supplier<T> look) {
    try {
      return look.get();
    } catch (GraftException.Unauthorized
        | GraftException.Limit
        | GraftException.NotFound
        | GraftException.Misuse refusal) {
      throw notKnown(key, refusal);
    }
  }

  private static GraftException notKnown(ObjectKey key, GraftException refusal) {
    return new GraftException.Unavailable(
        "it is not known whether "
            + key
            + " was written: it was sent, and then the store refused ("
            + refusal.getMessage()
            + "); repeat the same request, unchanged, to find out",
        refusal);
  }

  /** One try of a write. */
  PutOutcome timed(ObjectKey key, byte[] bytes, Instant notAfter) {
    Instant start = rounds.now();
    PutOutcome outcome = store.putIfAbsent(key, bytes, notAfter);
    backoff.sawRoundTrip(Duration.between(start, rounds.now()));
    return outcome;
  }

  /** Removes an object. */
  void delete(ObjectKey key) {
    store.delete(key);
  }

  private void pause(VolumeId volume, int failed) {
    Instant now = rounds.now();
    rounds.sleepUntil(now.plus(backoff.pause(volume, failed, now)));
  }
}
