package dev.graft.sim.world;

import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.Errand;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.Surplus;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What lies between a client and its engines: loses, doubles, slows and damages. Treats all
 * requests alike, whichever methods a remote has; so it is one handler and no class with a method
 * for each.
 */
final class FaultyNetwork implements InvocationHandler {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration LATEST_REPEAT = Duration.ofMinutes(5);
  private static final Duration SOON = Duration.ofSeconds(1);

  /** Of so many deliveries that failed one is repeated. */
  private static final int FAILED_PER_REPEATED = 2;

  private static final Duration SLOWEST = Duration.ofSeconds(20);

  /** What may change something; the others only ask. */
  private static final Set<String> WRITES =
      Set.of("createVolume", "upload", "commit", "fork", "retain", "delete");

  private final SimConcurrency sim;
  private final SplittableRandom random;
  private final FaultPlan plan;
  private final FaultHits hits;

  /** The first is the client's own; the others may be met by a request that arrives twice. */
  private final List<Remote> engines;

  private FaultyNetwork(
      SimConcurrency sim,
      SplittableRandom random,
      FaultPlan plan,
      FaultHits hits,
      List<Remote> engines) {
    this.sim = sim;
    this.random = random;
    this.plan = plan;
    this.hits = hits;
    this.engines = engines;
  }

  static Remote between(
      SimConcurrency sim,
      SplittableRandom random,
      FaultPlan plan,
      FaultHits hits,
      List<Remote> engines) {
    return (Remote)
        Proxy.newProxyInstance(
            Remote.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            new FaultyNetwork(sim, random, plan, hits, List.copyOf(engines)));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class || method.getName().equals("close")) {
      return deliver(engines.getFirst(), method, arguments);
    }
    Optional<Fault> fault =
        plan.draw(
            random,
            Fault.REMOTE_REQUEST_LOST,
            Fault.REMOTE_ANSWER_LOST,
            Fault.REMOTE_TWICE,
            Fault.REMOTE_REPEATED,
            Fault.REMOTE_SLOW,
            Fault.RANGE_TRUNCATED,
            Fault.RANGE_FLIPPED);
    if (fault.isEmpty()) {
      return delivery(method, arguments);
    }
    return switch (fault.get()) {
      case REMOTE_REQUEST_LOST -> throw lost(Fault.REMOTE_REQUEST_LOST, method);
      case REMOTE_ANSWER_LOST -> {
        deliver(engines.getFirst(), method, arguments);
        if (!sim.isAwaited()) {
          throw unanswered(method);
        }
        throw lost(Fault.REMOTE_ANSWER_LOST, method);
      }
      case REMOTE_TWICE -> twice(method, arguments);
      case REMOTE_REPEATED -> repeated(method, arguments);
      case REMOTE_SLOW -> slow(method, arguments);
      default -> damaged(fault.get(), method, deliver(engines.getFirst(), method, arguments));
    };
  }

  private void hit(Fault fault, Method method) {
    hits.add(fault);
    sim.note(fault + " " + method.getName());
  }

  private static boolean changes(Method method) {
    return WRITES.contains(method.getName());
  }

  private GraftException lost(Fault fault, Method method) {
    hit(fault, method);
    return unanswered(method);
  }

  private GraftException unanswered(Method method) {
    sim.pause(TIMEOUT);
    return new GraftException.Unavailable(method.getName() + " was not answered");
  }

  /** It takes long on its way there, or its answer does when somebody waits for it. */
  private @Nullable Object slow(Method method, Object @Nullable [] arguments) throws Throwable {
    boolean onTheWayThere = random.nextBoolean();
    Duration time = Duration.ofMillis(random.nextLong(1, SLOWEST.toMillis()));
    if (onTheWayThere) {
      hit(Fault.REMOTE_SLOW, method);
      sim.pause(time);
      return deliver(engines.getFirst(), method, arguments);
    }
    Object answer = deliver(engines.getFirst(), method, arguments);
    if (sim.isAwaited()) {
      hit(Fault.REMOTE_SLOW, method);
    }
    sim.pause(time);
    return answer;
  }

  private Surplus surplus(Fault fault, Method method) {
    return new Surplus(sim, hits, fault, method.getName());
  }

  private Remote another() {
    return engines.size() == 1
        ? engines.getFirst()
        : engines.get(random.nextInt(1, engines.size()));
  }

  /**
   * Answered or not, and later done again by another engine; but for questions, which change
   * nothing.
   */
  private @Nullable Object repeated(Method method, Object @Nullable [] arguments) throws Throwable {
    if (!changes(method)) {
      return deliver(engines.getFirst(), method, arguments);
    }
    Remote other = another();
    try {
      return deliver(engines.getFirst(), method, arguments);
    } finally {
      repeatLater(other, method, arguments);
    }
  }

  /** Where it failed it is repeated more often: that changes something more often, too. */
  private @Nullable Object delivery(Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return deliver(engines.getFirst(), method, arguments);
    } catch (GraftException.Unavailable e) {
      if (changes(method)
          && plan.probability(Fault.REMOTE_REPEATED) > 0
          && random.nextInt(FAILED_PER_REPEATED) == 0) {
        repeatLater(another(), method, arguments);
      }
      throw e;
    }
  }

  private void repeatLater(Remote other, Method method, Object @Nullable [] arguments) {
    // Half of them soon, when who was not answered is about to ask again.
    Duration latest = random.nextBoolean() ? LATEST_REPEAT : SOON;
    Duration later = Duration.ofMillis(random.nextLong(1, latest.toMillis()));
    Errand errand = sim.errand().of(surplus(Fault.REMOTE_REPEATED, method));
    sim.fork(
        "repeated",
        () -> {
          sim.pause(later);
          return sim.on(errand, () -> delivers(other, method, arguments));
        });
  }

  private @Nullable Object twice(Method method, Object @Nullable [] arguments) throws Throwable {
    Surplus surplus = surplus(Fault.REMOTE_TWICE, method);
    Errand errand = sim.errand().of(surplus);
    Remote other = another();
    boolean heedsOther = random.nextBoolean();
    Task<Optional<Object>> second =
        sim.fork(
            "second-delivery",
            () -> {
              try {
                return sim.on(
                    errand, () -> Optional.ofNullable(delivered(other, method, arguments)));
              } catch (GraftException e) {
                sim.note("the second delivery: " + e.getMessage());
                throw e;
              }
            });
    if (!heedsOther) {
      // Nobody hears how the other one ends, and it may end late.
      sim.fork("forgets", () -> forget(second));
      return deliver(engines.getFirst(), method, arguments);
    }
    AtomicReference<Instant> answered = new AtomicReference<>();
    Task<Boolean> first =
        sim.fork(
            "first-delivery",
            () -> {
              boolean done = delivers(engines.getFirst(), method, arguments);
              answered.set(sim.instant());
              return done;
            });
    sim.awaitAll(List.of(second));
    if (sim.isAwaited() && !sim.instant().equals(answered.get())) {
      // The other answer would have been heard sooner or later than this one.
      surplus.changes();
    }
    sim.fork("forgets", () -> forget(first));
    try {
      return second.result().orElse(null);
    } catch (ExecutionException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private boolean delivers(Remote engine, Method method, Object @Nullable [] arguments) {
    try {
      deliver(engine, method, arguments);
      return true;
    } catch (GraftException e) {
      return false;
    } catch (Throwable e) {
      throw new AssertionError("a delivery that nobody waits for failed", e);
    }
  }

  /** The same where only exceptions may be thrown. */
  private static @Nullable Object delivered(
      Remote engine, Method method, Object @Nullable [] arguments) throws Exception {
    try {
      return deliver(engine, method, arguments);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private boolean forget(Task<?> task) throws ExecutionException {
    sim.awaitAll(List.of(task));
    try {
      task.result();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GraftException) {
        return false;
      }
      throw e;
    }
  }

  private @Nullable Object damaged(Fault fault, Method method, @Nullable Object answer) {
    if (!(answer instanceof RangeOutcome.Found(byte[] bytes))
        || bytes.length == 0
        || !sim.isAwaited()) {
      return answer;
    }
    hit(fault, method);
    if (fault == Fault.RANGE_TRUNCATED) {
      return new RangeOutcome.Found(Arrays.copyOf(bytes, random.nextInt(bytes.length)));
    }
    byte[] flipped = bytes.clone();
    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    return new RangeOutcome.Found(flipped);
  }

  private static @Nullable Object deliver(
      Remote engine, Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(engine, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
