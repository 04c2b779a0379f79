package dev.graft.sim;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A store in virtual time whose requests take a while, are answered out of order and go wrong, all
 * by a seed. What it answers to a put is always true: an {@link PutOutcome.Unknown} put may have
 * landed, may land within its last moment, or never does. What it answers to a get may be cut or
 * damaged when the plan says so. Used by tasks of its simulation only.
 */
public final class SimObjectStore implements ObjectStore {
  /** After so long without an answer a client gives a put up. */
  public static final Duration PUT_TIMEOUT = Duration.ofSeconds(1);

  /** The longest time that a put which its client has given up is still under way. */
  public static final Duration MAX_LATENESS = Duration.ofSeconds(10);

  private static final Duration SHORT_LATENESS = Duration.ofMillis(100);

  private final SimConcurrency sim;
  private final MemoryObjectStore objects;
  private final FaultPlan plan;
  private final SplittableRandom random;
  private final FaultHits hits;
  private final StoreLatencies latencies;
  private final StoreWeather weather;
  private final Map<ObjectKey, Instant> landings = new HashMap<>();
  private final Map<ObjectKey, byte[]> removed = new HashMap<>();

  /** An empty store that counts its hits by itself. */
  public SimObjectStore(SimConcurrency sim, long seed, StoreLatencies latencies, FaultPlan plan) {
    this(sim, seed, latencies, plan, new FaultHits());
  }

  /**
   * An empty store.
   *
   * @param seed decides latencies and faults, beside the simulation's own seed
   * @param hits where hits are counted
   */
  public SimObjectStore(
      SimConcurrency sim, long seed, StoreLatencies latencies, FaultPlan plan, FaultHits hits) {
    this.sim = sim;
    this.objects = new MemoryObjectStore(sim);
    this.latencies = latencies;
    this.plan = plan;
    this.random = new SplittableRandom(seed);
    this.hits = hits;
    this.weather = new StoreWeather(sim, random, plan, hits);
  }

  /** The objects themselves, without latencies and faults: for judges, who may be outside. */
  public ObjectStore objects() {
    return objects;
  }

  /** How often the fault has happened. A test of a fault asserts that it was hit. */
  public long hits(Fault fault) {
    return hits.of(fault);
  }

  /** When the first object at the key was made; nothing when there never was one. */
  public Optional<Instant> landed(ObjectKey key) {
    return Optional.ofNullable(landings.get(key));
  }

  /**
   * The first object that stood at the key, whether it is there still or was removed.
   *
   * @throws IllegalArgumentException when there never was one
   */
  public byte[] first(ObjectKey key) {
    byte[] gone = removed.get(key);
    if (gone != null) {
      return gone;
    }
    if (objects.get(key, 0, Integer.MAX_VALUE) instanceof GetOutcome.Found found) {
      return found.bytes();
    }
    throw new IllegalArgumentException("nothing ever stood at " + key);
  }

  /** The keys that begin so and whose objects were removed. */
  public List<ObjectKey> removed(String prefix) {
    return removed.keySet().stream().filter(key -> key.value().startsWith(prefix)).toList();
  }

  private void hit(Fault fault, String place) {
    hits.add(fault);
    sim.note(fault + " " + place);
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    Optional<Fault> fault =
        plan.draw(random, Fault.GET_REFUSED, Fault.GET_TRUNCATED, Fault.GET_FLIPPED);
    return request(
        latencies.get(),
        () -> {
          refuse(fault.filter(drawn -> drawn == Fault.GET_REFUSED), key.value());
          GetOutcome outcome = objects.get(key, offset, maxBytes);
          sim.note("get " + key + " " + outcome.getClass().getSimpleName());
          return fault.isPresent() ? damaged(fault.get(), key, outcome) : outcome;
        });
  }

  /** From the store's books: not damaged with the object's bytes. */
  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    Optional<Fault> fault = plan.draw(random, Fault.GET_REFUSED);
    return request(
        latencies.get(),
        () -> {
          refuse(fault, key.value());
          sim.note("hash " + key);
          return objects.sha256(key);
        });
  }

  private GetOutcome damaged(Fault fault, ObjectKey key, GetOutcome outcome) {
    if (!(outcome instanceof GetOutcome.Found(byte[] bytes, long totalBytes))
        || bytes.length == 0) {
      return outcome;
    }
    hit(fault, key.value());
    if (fault == Fault.GET_TRUNCATED) {
      return new GetOutcome.Found(Arrays.copyOf(bytes, random.nextInt(bytes.length)), totalBytes);
    }
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    return new GetOutcome.Found(bytes, totalBytes);
  }

  @Override
  public boolean listsInOrder() {
    return true;
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    Optional<Fault> fault = plan.draw(random, Fault.LIST_REFUSED);
    return request(
        latencies.list(),
        () -> {
          refuse(fault, prefix);
          List<ObjectKey> keys = objects.list(prefix, startAfter, maxKeys);
          sim.note("list " + prefix + " " + keys.size());
          return keys;
        });
  }

  private void refuse(Optional<Fault> fault, String place) {
    if (fault.isPresent()) {
      hit(fault.get(), place);
      throw new GraftException.Unavailable("the store is busy (503) at " + place);
    }
  }

  @Override
  public void delete(ObjectKey key) {
    request(
        latencies.delete(),
        () -> {
          if (objects.get(key, 0, Integer.MAX_VALUE) instanceof GetOutcome.Found found) {
            removed.putIfAbsent(key, found.bytes());
            sim.errand().wrote();
          }
          objects.delete(key);
          sim.note("delete " + key);
          return key;
        });
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    Optional<Fault> fault =
        plan.draw(
            random,
            Fault.PUT_REFUSED,
            Fault.PUT_LOST,
            Fault.PUT_ANSWER_LOST,
            Fault.PUT_LANDS_LATE,
            Fault.PUT_CLASHED,
            Fault.PUT_TOLD_TAKEN);
    if (fault.isEmpty()) {
      return request(latencies.put(), () -> land(key, bytes, notAfter));
    }
    return switch (fault.get()) {
      case PUT_LOST -> {
        hit(Fault.PUT_LOST, key.value());
        yield timeOut();
      }
      case PUT_ANSWER_LOST -> {
        PutOutcome outcome = request(latencies.put(), () -> land(key, bytes, notAfter));
        if (outcome instanceof PutOutcome.Created) {
          hit(Fault.PUT_ANSWER_LOST, key.value());
        }
        yield timeOut();
      }
      case PUT_LANDS_LATE -> {
        landLate(key, bytes.clone(), notAfter);
        yield timeOut();
      }
      case PUT_TOLD_TAKEN -> {
        PutOutcome outcome = request(latencies.put(), () -> land(key, bytes, notAfter));
        if (outcome instanceof PutOutcome.Created) {
          hit(Fault.PUT_TOLD_TAKEN, key.value());
          yield new PutOutcome.AlreadyExists();
        }
        yield outcome;
      }
      case PUT_CLASHED ->
          request(
              latencies.put(),
              () -> {
                hit(Fault.PUT_CLASHED, key.value());
                throw new GraftException.Unavailable("another put of " + key + " is on (409)");
              });
      default ->
          request(
              latencies.put(),
              () -> {
                refuse(fault, key.value());
                throw new AssertionError("a refused request went on");
              });
    };
  }

  private PutOutcome timeOut() {
    sim.pause(PUT_TIMEOUT);
    return new PutOutcome.Unknown("no answer in " + PUT_TIMEOUT.toMillis() + " ms");
  }

  private PutOutcome land(ObjectKey key, byte[] bytes, Instant notAfter) {
    PutOutcome outcome = objects.putIfAbsent(key, bytes, notAfter);
    if (outcome instanceof PutOutcome.Created) {
      landings.putIfAbsent(key, sim.instant());
      sim.errand().wrote();
    }
    sim.note("put " + key + " " + outcome.getClass().getSimpleName());
    return outcome;
  }

  private void landLate(ObjectKey key, byte[] bytes, Instant notAfter) {
    // Half of them at once after the answer, when the client is trying again.
    Duration longest = random.nextBoolean() ? MAX_LATENESS : SHORT_LATENESS;
    Duration lateness = Duration.ofMillis(random.nextLong(1, longest.toMillis()));
    sim.fork(
        "late-put",
        () -> {
          sim.pause(PUT_TIMEOUT.plus(lateness));
          PutOutcome outcome = land(key, bytes, notAfter);
          if (outcome instanceof PutOutcome.Created) {
            hit(Fault.PUT_LANDS_LATE, key.value());
          }
          return outcome;
        });
  }

  /** Does the work somewhere between the request's begin and its end. */
  private <T> T request(LatencyModel latency, Supplier<T> work) {
    weather.before();
    long number = weather.begin();
    Duration whole = weather.slowed(latency.sample(random));
    Duration there = Duration.ofNanos((long) (whole.toNanos() * random.nextDouble()));
    sim.pause(there);
    try {
      weather.storm();
      return work.get();
    } finally {
      sim.pause(whole.minus(there));
      weather.end(number);
    }
  }
}
