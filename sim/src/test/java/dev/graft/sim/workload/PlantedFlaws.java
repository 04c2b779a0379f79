package dev.graft.sim.workload;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.SimConcurrency;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Bugs as they are made, each as a wrapper around what is right. */
final class PlantedFlaws {
  private static final AtomicLong SALTS = new AtomicLong();

  private PlantedFlaws() {}

  private static boolean isCommit(ObjectKey key) {
    return key.value().contains("/log/");
  }

  /** Takes a put whose answer is not known for done. */
  static ObjectStore unknownIsCreated(ObjectStore store, SimConcurrency sim) {
    return new PassingStore(store) {
      @Override
      public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
        PutOutcome outcome = super.putIfAbsent(key, bytes, notAfter);
        return outcome instanceof PutOutcome.Unknown ? new PutOutcome.Created() : outcome;
      }
    };
  }

  /** Takes a put that was refused for done. */
  static ObjectStore refusedIsCreated(ObjectStore store, SimConcurrency sim) {
    return new PassingStore(store) {
      @Override
      public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
        try {
          return super.putIfAbsent(key, bytes, notAfter);
        } catch (GraftException.Unavailable e) {
          return new PutOutcome.Created();
        }
      }
    };
  }

  /** Takes an object that could not be read for one that is not there. */
  static ObjectStore refusedIsMissing(ObjectStore store, SimConcurrency sim) {
    return new PassingStore(store) {
      @Override
      public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
        try {
          return super.get(key, offset, maxBytes);
        } catch (GraftException.Unavailable e) {
          return new GetOutcome.Missing();
        }
      }
    };
  }

  /** Takes a listing that was refused for an empty one. */
  static ObjectStore refusedIsEmpty(ObjectStore store, SimConcurrency sim) {
    return new PassingStore(store) {
      @Override
      public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
        try {
          return super.list(prefix, startAfter, maxKeys);
        } catch (GraftException.Unavailable e) {
          return List.of();
        }
      }
    };
  }

  /** Takes what was cut short for the whole: the rest is zeros. */
  static ObjectStore shortIsWhole(ObjectStore store, SimConcurrency sim) {
    return new PassingStore(store) {
      @Override
      public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
        GetOutcome outcome = super.get(key, offset, maxBytes);
        if (outcome instanceof GetOutcome.Found(byte[] bytes, long total)) {
          int whole = (int) Math.min(maxBytes, Math.max(bytes.length, total - offset));
          return new GetOutcome.Found(Arrays.copyOf(bytes, whole), total);
        }
        return outcome;
      }
    };
  }

  /**
   * Gives an answer that comes to who has waited long before, as if answers came in the order of
   * the requests.
   */
  static ObjectStore answersInOrder(ObjectStore store, SimConcurrency sim) {
    Duration patience = Duration.ofMillis(150);
    Deque<Owed> owed = new ArrayDeque<>();
    return new PassingStore(store) {
      @Override
      public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
        Owed mine = new Owed(sim.instant());
        owed.add(mine);
        try {
          GetOutcome outcome = super.get(key, offset, maxBytes);
          Owed oldest = owed.getFirst();
          boolean overtakes = oldest != mine && oldest.since.plus(patience).isBefore(sim.instant());
          if (overtakes && oldest.answer == null) {
            oldest.answer = outcome;
          }
          GetOutcome other = mine.answer;
          return other == null ? outcome : other;
        } finally {
          owed.remove(mine);
        }
      }
    };
  }

  private static final class Owed {
    private final Instant since;
    private @Nullable GetOutcome answer;

    Owed(Instant since) {
      this.since = since;
    }
  }

  /** Takes an object that is missing at the edge for history that is gone. */
  static Remote missingIsGone(Remote remote, SimConcurrency sim) {
    return wrapped(
        remote,
        (method, arguments, answer) -> {
          if (answer instanceof RangeOutcome.Missing) {
            throw new GraftException.Gone("the edge has no " + arguments[0]);
          }
          return answer;
        });
  }

  /** Forgets the last moment of puts. */
  static ObjectStore noLastMoment(ObjectStore store, SimConcurrency sim) {
    return new PassingStore(store) {
      @Override
      public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
        return super.putIfAbsent(key, bytes, Instant.MAX);
      }
    };
  }

  /** Remembers whether the last put of a commit was told that the key is taken, or was slow. */
  private static final class Spy extends PassingStore {
    private final SimConcurrency sim;
    private boolean taken;

    Spy(ObjectStore store, SimConcurrency sim) {
      super(store);
      this.sim = sim;
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
      Instant start = sim.instant();
      PutOutcome outcome = super.putIfAbsent(key, bytes, notAfter);
      boolean isLate = Duration.between(start, sim.instant()).toMillis() > 600;
      if (isCommit(key)) {
        taken = outcome instanceof PutOutcome.AlreadyExists || isLate;
      }
      return outcome;
    }
  }

  static ObjectStore spy(ObjectStore store, SimConcurrency sim) {
    return new Spy(store, sim);
  }

  /** Tells a conflict whenever the key was taken, without looking whose commit stands there. */
  static Remote takenIsConflict(Remote remote, ObjectStore store) {
    return wrapped(
        remote,
        (method, arguments, answer) -> {
          boolean lies =
              store instanceof Spy spy
                  && spy.taken
                  && answer instanceof CommitOutcome.Committed
                  && arguments[0] instanceof CommitRequest request
                  && request.base() != null;
          if (lies && arguments[0] instanceof CommitRequest request) {
            ChangesOutcome changes =
                remote.changesSince(
                    new ChangesRequest(
                        request.volume(), request.base(), new ChangesRequest.Until.Head(), false));
            if (changes instanceof ChangesOutcome.Changed(var graft)) {
              return new CommitOutcome.Conflict(graft);
            }
          }
          return answer;
        });
  }

  /**
   * Gives every delivery keys of its engine's own, and moves one that comes too late to the head by
   * itself, without asking its client.
   */
  static Remote movesOn(Remote engine, ObjectStore store) {
    Remote remote = freshKeys(engine, store);
    return wrapped(
        remote,
        (method, arguments, answer) ->
            arguments[0] instanceof CommitRequest request
                    && answer instanceof CommitOutcome.Conflict(var graft)
                ? remote.commit(
                    new CommitRequest(
                        request.volume(),
                        graft.head(),
                        request.snapshot(),
                        request.count(),
                        request.smallest(),
                        request.transactions(),
                        request.content()))
                : answer);
  }

  /** Gives every delivery idempotency keys of its engine's own. */
  static Remote freshKeys(Remote remote, ObjectStore store) {
    long salt = SALTS.incrementAndGet();
    return (Remote)
        Proxy.newProxyInstance(
            Remote.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            (proxy, method, arguments) -> {
              if (arguments != null && arguments[0] instanceof CommitRequest request) {
                return call(method, remote, new Object[] {rekeyed(request, salt)});
              }
              return call(method, remote, arguments);
            });
  }

  private static CommitRequest rekeyed(CommitRequest request, long salt) {
    List<TransactionRecord> transactions =
        request.transactions().stream()
            .map(made ->
                new TransactionRecord(
                    new IdempotencyKey(made.key().hi() ^ salt, made.key().lo()),
                    made.digest(),
                    made.localTime(),
                    made.author(),
                    made.message()))
            .toList();
    return new CommitRequest(
        request.volume(),
        request.base(),
        request.snapshot(),
        request.count(),
        request.smallest(),
        transactions,
        request.content());
  }

  /** Gives up a commit that takes long, and takes it for refused. */
  static Remote impatient(Remote remote, SimConcurrency sim) {
    return (Remote)
        Proxy.newProxyInstance(
            Remote.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            (proxy, method, arguments) -> {
              Instant start = sim.instant();
              Object answer = call(method, remote, arguments);
              boolean isLate = Duration.between(start, sim.instant()).toMillis() > 2_500;
              return isLate
                      && answer instanceof CommitOutcome.Committed(var at, var time, var graft)
                  ? new CommitOutcome.Conflict(graft)
                  : answer;
            });
  }

  /** Believes whatever bytes come: fills up what is too short, and makes every checksum right. */
  static Remote noChecksum(Remote remote, SimConcurrency sim) {
    return wrapped(
        remote,
        (method, arguments, answer) -> {
          if (!(answer instanceof RangeOutcome.Found(byte[] bytes))) {
            return answer;
          }
          byte[] whole = Arrays.copyOf(bytes, (Integer) arguments[2]);
          reseal(whole);
          return new RangeOutcome.Found(whole);
        });
  }

  private static void reseal(byte[] range) {
    int at = 0;
    while (at < range.length) {
      int length;
      try {
        length = Frame.lengthBytes("a range", range, at, range.length - at);
      } catch (GraftException.Corrupt e) {
        return;
      }
      CRC32C crc = new CRC32C();
      crc.update(range, at, length - Integer.BYTES);
      ByteBuffer.wrap(range)
          .order(ByteOrder.BIG_ENDIAN)
          .putInt(at + length - Integer.BYTES, (int) crc.getValue());
      at += length;
    }
  }

  /** Changes an answer. */
  private interface Change {
    @Nullable Object of(Method method, Object[] arguments, @Nullable Object answer);
  }

  private static Remote wrapped(Remote remote, Change change) {
    return (Remote)
        Proxy.newProxyInstance(
            Remote.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            (proxy, method, arguments) -> {
              Object answer = call(method, remote, arguments);
              return arguments == null ? answer : change.of(method, arguments, answer);
            });
  }

  private static @Nullable Object call(Method method, Remote remote, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(remote, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
