package dev.graft.sim.lambda;

import dev.graft.concurrency.Task;
import dev.graft.functions.FunctionEvents;
import dev.graft.protocol.error.GraftException;
import dev.graft.sim.Errand;
import dev.graft.sim.Fault;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.Surplus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lambda, as those meet it who have functions invoked: invocations are lost, doubled, late and
 * refused, and answers are lost, wherever that can happen.
 */
final class LambdaService {
  private static final int MAX_PAYLOAD_BYTES = 6 << 20;
  private static final int MAX_TRIES = 3;
  private static final int SERVER_ERRORS = 500;
  private static final int REFUSES_PERCENT = 90;
  private static final int LONG_REFUSAL_PERCENT = 20;
  private static final Duration SHORT_REFUSAL = Duration.ofSeconds(5);
  private static final Duration LONG_REFUSAL = Duration.ofSeconds(60);
  private static final Duration LATEST = Duration.ofMinutes(5);
  private static final Duration ORIGIN_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration TRY_AGAIN = Duration.ofMinutes(1);
  private static final Duration SLOWEST = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final SimConcurrency sim;
  private final Luck luck;
  private final List<Task<?>> underWay = new ArrayList<>();
  private Instant refusesUntil = Instant.MIN;

  LambdaService(SimConcurrency sim, Luck luck) {
    this.sim = sim;
    this.luck = luck;
  }

  /** Has a function invoked, and waits for its answer. */
  Reply invoke(SimFunction function, byte[] event) {
    if (event.length > MAX_PAYLOAD_BYTES) {
      return Reply.plain(413, "Request Too Large");
    }
    if (refuses()) {
      luck.hit(Fault.INVOCATION_REFUSED, function.toString());
      return luck.coin()
          ? Reply.plain(429, "Rate Exceeded.")
          : Reply.plain(503, "Service Unavailable");
    }
    Optional<Fault> fault =
        luck.draw(
            Fault.INVOCATION_LOST,
            Fault.RESPONSE_LOST_AT_FUNCTION,
            Fault.RESPONSE_LOST_AT_CLIENT,
            Fault.INVOCATION_DUPLICATED,
            Fault.INVOCATION_LATE,
            Fault.REMOTE_SLOW);
    return fault.isEmpty() ? run(function, event) : spoilt(fault.get(), function, event);
  }

  private boolean refuses() {
    if (luck.draw(Fault.INVOCATION_REFUSED).isPresent()) {
      boolean isLong = luck.below(100) < LONG_REFUSAL_PERCENT;
      refusesUntil = sim.instant().plus(luck.upTo(isLong ? LONG_REFUSAL : SHORT_REFUSAL));
      return true;
    }
    return sim.instant().isBefore(refusesUntil) && luck.below(100) < REFUSES_PERCENT;
  }

  private Reply spoilt(Fault fault, SimFunction function, byte[] event) {
    return switch (fault) {
      case INVOCATION_LOST -> {
        luck.hit(fault, function.toString());
        luck.pause(SHORT);
        yield new Reply.Dropped();
      }
      case RESPONSE_LOST_AT_FUNCTION -> {
        Reply lost = run(function, event);
        if (lost.status() < SERVER_ERRORS) {
          luck.hitAnswer(fault, function.toString());
        }
        yield luck.coin()
            ? Reply.plain(502, "Internal Server Error")
            : Reply.plain(504, "Gateway Timeout");
      }
      case RESPONSE_LOST_AT_CLIENT -> {
        Reply reply = run(function, event);
        if (reply.status() < SERVER_ERRORS) {
          luck.hitAnswer(fault, function.toString());
        }
        yield cut(reply);
      }
      case INVOCATION_DUPLICATED ->
          luck.coin() ? together(function, event) : again(function, event);
      case INVOCATION_LATE -> {
        start("late-invocation", () -> late(function, event));
        sim.pause(luck.coin() ? ORIGIN_TIMEOUT : luck.upTo(SHORT));
        yield Reply.plain(504, "Gateway Timeout");
      }
      default -> {
        boolean onTheWayThere = luck.coin();
        Duration time = luck.upTo(SLOWEST);
        if (onTheWayThere) {
          luck.hit(fault, function.toString());
          sim.pause(time);
          yield run(function, event);
        }
        Reply reply = run(function, event);
        luck.hitAnswer(fault, function.toString());
        sim.pause(time);
        yield reply;
      }
    };
  }

  /** Before its first byte, or in the midst of its body. */
  private Reply cut(Reply reply) {
    return luck.coin() && reply instanceof Reply.Answered whole && whole.answer().body().length > 0
        ? new Reply.Answered(whole.answer(), luck.below(whole.answer().body().length))
        : new Reply.Dropped();
  }

  /** On two instances at the same time; either answer is given. */
  private Reply together(SimFunction function, byte[] event) {
    Surplus surplus = luck.surplus(Fault.INVOCATION_DUPLICATED, function.toString());
    Errand errand = sim.errand().of(surplus);
    AtomicReference<Instant> answered = new AtomicReference<>();
    Task<Reply> one =
        start(
            "first-invocation",
            () -> {
              Reply reply = run(function, event);
              answered.set(sim.instant());
              return reply;
            });
    Task<Reply> other =
        start("second-invocation", () -> sim.on(errand, () -> run(function, event)));
    Task<Reply> heeded = luck.coin() ? one : other;
    sim.awaitAll(List.of(heeded));
    if (heeded == other && sim.isAwaited() && !sim.instant().equals(answered.get())) {
      // The other answer would have been heard sooner or later than this one.
      surplus.changes();
    }
    try {
      return heeded.result();
    } catch (ExecutionException e) {
      throw new AssertionError("a function failed and did not answer", e);
    }
  }

  /** Answered, and run once more later, whatever answers it then; but for questions. */
  private Reply again(SimFunction function, byte[] event) {
    Reply reply = run(function, event);
    if (!function.changes()) {
      return reply;
    }
    Errand errand = sim.errand().of(luck.surplus(Fault.INVOCATION_DUPLICATED, function.toString()));
    start(
        "repeated-invocation",
        () -> {
          luck.pause(LATEST);
          return sim.on(errand, () -> run(function, event));
        });
    return reply;
  }

  private Reply late(SimFunction function, byte[] event) {
    luck.pause(LATEST);
    luck.hit(Fault.INVOCATION_LATE, function.toString());
    return run(function, event);
  }

  private Reply run(SimFunction function, byte[] event) {
    try {
      byte[] answer = function.invoke(event);
      return answer.length > MAX_PAYLOAD_BYTES
          ? Reply.plain(502, "the answer is too large")
          : Reply.of(FunctionEvents.answer(answer));
    } catch (IOException e) {
      throw new AssertionError("a function did not answer as one does", e);
    }
  }

  /** Has a function invoked some time, once or twice, or never; nobody waits for it. */
  void send(SimFunction function, byte[] event) {
    Optional<Fault> fault =
        luck.draw(Fault.INVOCATION_LOST, Fault.INVOCATION_DUPLICATED, Fault.INVOCATION_LATE);
    if (fault.isPresent() && fault.get() == Fault.INVOCATION_LOST) {
      luck.hit(Fault.INVOCATION_LOST, function.toString());
      return;
    }
    start(
        "event",
        () -> {
          luck.pause(SHORT);
          if (fault.isPresent() && fault.get() == Fault.INVOCATION_LATE) {
            luck.pause(LATEST);
            luck.hit(Fault.INVOCATION_LATE, function.toString());
          }
          if (fault.isPresent() && fault.get() == Fault.INVOCATION_DUPLICATED) {
            Errand errand =
                sim.errand().of(luck.surplus(Fault.INVOCATION_DUPLICATED, function.toString()));
            start("second-event", () -> sim.on(errand, () -> untilDone(function, event)));
          }
          return untilDone(function, event);
        });
  }

  /** An event whose invocation fails is tried twice more, as Lambda does. */
  private boolean untilDone(SimFunction function, byte[] event) throws IOException {
    for (int tries = 1; tries <= MAX_TRIES; tries++) {
      try {
        function.invoke(event);
        return true;
      } catch (GraftException.Unavailable e) {
        sim.note("an event of " + function + " failed");
        sim.pause(TRY_AGAIN);
      }
    }
    return false;
  }

  /** Begins work that {@link #quiesce} waits for, whoever else does. */
  <T> Task<T> start(String name, Callable<T> work) {
    underWay.removeIf(Task::isDone);
    Task<T> task = sim.fork(name, work);
    underWay.add(task);
    return task;
  }

  /** Waits until all that was invoked has ended. */
  void quiesce() {
    while (!underWay.isEmpty()) {
      sim.awaitAll(List.copyOf(underWay));
      underWay.removeIf(Task::isDone);
    }
  }
}
