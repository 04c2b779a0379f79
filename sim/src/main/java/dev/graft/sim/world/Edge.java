package dev.graft.sim.world;

import dev.graft.concurrency.Task;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.ObjectNames;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.SimObjectStore;
import dev.graft.sim.lambda.RangeEdge;
import dev.graft.sim.world.Flaws.Slip;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A cache between clients and the store, through which they read ranges by path; no engine is on
 * this way (rule 5.6). It may answer more than was asked, one answer to several callers, and, for a
 * while, that a key is missing which has come into being.
 */
final class Edge {
  /** So long an answer "missing" is kept where nobody says otherwise. */
  private static final Duration NEGATIVE_LIFE = Duration.ofSeconds(10);

  private static final Duration LONGEST_HOLD = Duration.ofSeconds(2);

  /** So long an edge waits for its origin; whoever comes later asks anew. */
  private static final Duration ORIGIN_PATIENCE = Duration.ofSeconds(30);

  private static final Duration NEAR = Duration.ofMillis(2);

  /** Pieces are smaller than most objects here, so that a larger range is not always the whole. */
  private static final int PART_BYTES = 256;

  private final SimConcurrency sim;
  private final SimObjectStore store;
  private final SplittableRandom random;
  private final FaultPlan plan;
  private final FaultHits hits;
  private final Set<Slip> slips;

  /** Until when a key is told to be missing. */
  private final Map<ObjectKey, Instant> negatives = new HashMap<>();

  /** Fetches that others may join. */
  private final Map<ObjectKey, Fetch> fetches = new HashMap<>();

  Edge(
      SimConcurrency sim,
      SimObjectStore store,
      SplittableRandom random,
      FaultPlan plan,
      FaultHits hits,
      Set<Slip> slips) {
    this.sim = sim;
    this.store = store;
    this.random = random;
    this.plan = plan;
    this.hits = hits;
    this.slips = slips;
  }

  /**
   * What the edge answers: perhaps more than was asked.
   *
   * @param offset of the first byte
   * @param bytes shared with whoever asked at the same time; null when there is no such object
   * @param fetched how many bytes it asked the store for
   * @param total bytes of the object
   */
  private record Answer(long offset, byte @Nullable [] bytes, int fetched, long total) {
    static Answer missing(long offset) {
      return new Answer(offset, null, 0, 0);
    }

    boolean holds(long from, int length) {
      return bytes == null || (offset <= from && from + length <= offset + bytes.length);
    }
  }

  /** A fetch that others may join, until the edge has waited for it for too long. */
  private record Fetch(Instant began, Task<Answer> task) {
    boolean isOpen(Instant now) {
      return !task.isDone() && now.isBefore(began.plus(ORIGIN_PATIENCE));
    }
  }

  /** A remote whose ranges are read through this edge. */
  Remote before(Remote engine) {
    return (Remote)
        Proxy.newProxyInstance(
            Remote.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("readRange") && arguments != null) {
                return read((FrameOwner) arguments[0], (Long) arguments[1], (Integer) arguments[2]);
              }
              try {
                return method.invoke(engine, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            });
  }

  /** Answers over HTTP, where its clients take from the answer what they asked for. */
  RangeEdge.Piece read(ObjectKey key, long offset, int length) {
    Answer answer = ask(key, offset, length);
    return new RangeEdge.Piece(answer.offset, answer.bytes, answer.fetched, answer.total);
  }

  /** Asks, and takes from the answer what was asked for, as a transport of a client does. */
  private RangeOutcome read(FrameOwner owner, long offset, int length) {
    Answer answer = ask(key(owner), offset, length);
    byte[] bytes = answer.bytes;
    if (bytes == null) {
      return new RangeOutcome.Missing();
    }
    int skip = slips.contains(Slip.TAKES_FIRST_BYTES) ? 0 : Math.toIntExact(offset - answer.offset);
    int end = Math.min(bytes.length, skip + length);
    byte[] asked = Arrays.copyOfRange(bytes, Math.min(skip, end), end);
    if (slips.contains(Slip.SCRATCHES)) {
      Arrays.fill(bytes, (byte) 0);
    }
    return new RangeOutcome.Found(asked);
  }

  private static ObjectKey key(FrameOwner owner) {
    return switch (owner) {
      case FrameOwner.InSegment in -> new ObjectKey(ObjectNames.segment(in.volume(), in.segment()));
      case FrameOwner.InCommit in ->
          new ObjectKey("volumes/" + in.volume() + String.format("/log/%016x", ~in.lsn().value()));
    };
  }

  private void hit(Fault fault, ObjectKey key) {
    hits.add(fault);
    sim.note(fault + " " + key);
  }

  private Answer ask(ObjectKey key, long offset, int length) {
    Optional<Fault> fault =
        plan.draw(
            random, Fault.EDGE_STALE, Fault.EDGE_COLLAPSED, Fault.EDGE_LARGER, Fault.EDGE_WHOLE);
    if (isStale(key, fault.isPresent() && fault.get() == Fault.EDGE_STALE)) {
      hit(Fault.EDGE_STALE, key);
      sim.pause(NEAR);
      return Answer.missing(offset);
    }
    Fetch other = fetches.get(key);
    Instant asked = sim.instant();
    if (other != null && other.isOpen(asked)) {
      Answer shared;
      try {
        shared = result(other.task);
      } catch (GraftException e) {
        hit(Fault.EDGE_COLLAPSED, key);
        throw e;
      }
      boolean holds = shared.holds(offset, length);
      if (holds || sim.instant().isAfter(asked)) {
        hit(Fault.EDGE_COLLAPSED, key);
      }
      if (holds) {
        return shared;
      }
    }
    if (fault.isEmpty()) {
      return fetch(key, offset, length);
    }
    return switch (fault.get()) {
      case EDGE_COLLAPSED -> {
        Task<Answer> mine =
            sim.fork(
                "edge-fetch",
                () -> {
                  sim.pause(Duration.ofMillis(random.nextLong(1, LONGEST_HOLD.toMillis())));
                  return fetch(key, offset, length);
                });
        fetches.put(key, new Fetch(asked, mine));
        yield result(mine);
      }
      case EDGE_LARGER -> {
        long from = Math.max(0, offset / PART_BYTES - random.nextInt(2)) * PART_BYTES;
        long end = (offset + length) / PART_BYTES * PART_BYTES + 2 * PART_BYTES;
        yield larger(Fault.EDGE_LARGER, fetch(key, from, (int) (end - from)), key, length);
      }
      case EDGE_WHOLE -> larger(Fault.EDGE_WHOLE, fetch(key, 0, Integer.MAX_VALUE), key, length);
      default -> fetch(key, offset, length);
    };
  }

  private Answer larger(Fault fault, Answer answer, ObjectKey key, int length) {
    if (answer.bytes != null && answer.bytes.length > length) {
      hit(fault, key);
    }
    return answer;
  }

  /** Somebody asked for the key before it was there, and the answer is kept. */
  private boolean isStale(ObjectKey key, boolean drawn) {
    Optional<Instant> landed = store.landed(key);
    Instant now = sim.instant();
    if (drawn && landed.isPresent() && now.isBefore(landed.get().plus(NEGATIVE_LIFE))) {
      negatives.put(key, landed.get().plus(NEGATIVE_LIFE));
    }
    return now.isBefore(negatives.getOrDefault(key, Instant.MIN));
  }

  private Answer fetch(ObjectKey key, long offset, int length) {
    return switch (store.get(key, offset, length)) {
      case GetOutcome.Missing() -> Answer.missing(offset);
      case GetOutcome.Found(byte[] bytes, long total) -> new Answer(offset, bytes, length, total);
    };
  }

  private Answer result(Task<Answer> fetch) {
    sim.awaitAll(List.of(fetch));
    try {
      return fetch.result();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GraftException known) {
        throw known;
      }
      throw new AssertionError("a fetch of the edge failed", e);
    }
  }
}
