package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ConcurrencyContract;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SimConcurrencyTest extends ConcurrencyContract {
  private static final int SEEDS = 20;

  @Override
  protected void run(Scenario scenario) throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      var sim = new SimConcurrency(seed);
      sim.run(() -> {
        scenario.play(sim);
        return true;
      });
    }
  }

  /** Many tasks that fork, sleep, wait and share a list; gives what the list became. */
  private static List<Integer> work(Concurrency c, Random random) throws Exception {
    List<Integer> order = new ArrayList<>();
    List<Task<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int number = i;
      int millis = random.nextInt(5);
      tasks.add(
          c.fork(
              "worker",
              () -> {
                c.sleepUntil(c.instant().plusMillis(millis));
                Task<Integer> inner = c.fork("inner", () -> number);
                c.awaitUntil(inner, c.instant().plusMillis(1));
                c.awaitAll(List.of(inner));
                order.add(inner.result());
                return number;
              }));
    }
    c.awaitFirst(tasks);
    c.awaitAll(tasks);
    return order;
  }

  private record Played(List<Integer> order, Hash trace) {}

  private static Played play(long seed) throws Exception {
    var sim = new SimConcurrency(seed);
    List<Integer> order = sim.run(() -> work(sim, new Random(1)));
    return new Played(order, sim.traceHash());
  }

  /** Whoever is due meanwhile runs when nobody else can, and time never goes back. */
  @Test
  void tick_betweenAlarms_timeOnlyGrowsAndSleepersWake() throws Exception {
    SimConcurrency sim = new SimConcurrency(1);
    long woken =
        sim.run(() -> {
          Task<Long> sleeper =
              sim.fork(
                  "sleeper",
                  () -> {
                    sim.sleepUntil(sim.instant().plusNanos(3));
                    return sim.age().toNanos();
                  });
          sim.yieldNow();
          long last = -1;
          for (int i = 0; i < 10; i++) {
            long now = sim.tick().toNanos();
            assertThat(now).isGreaterThan(last);
            last = now;
          }
          sim.awaitAll(List.of(sleeper));
          assertThat(sleeper.result()).isGreaterThanOrEqualTo(last);
          return sleeper.result();
        });
    assertThat(sim.age().toNanos()).isEqualTo(woken).isEqualTo(10);
  }

  @Test
  void run_sameSeed_isTheSameHistory() throws Exception {
    Set<Hash> traces = new HashSet<>();
    Set<List<Integer>> orders = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      Played first = play(seed);
      assertThat(play(seed)).as("seed %s", seed).isEqualTo(first);
      assertThat(first.order).hasSize(50);
      traces.add(first.trace);
      orders.add(first.order);
    }
    assertThat(traces).as("histories").hasSize(SEEDS);
    assertThat(orders).as("orders of one list").hasSize(SEEDS);
  }

  @Test
  void run_unprotectedCounter_losesUpdatesUnderSomeSeedOnly() throws Exception {
    Set<Integer> ends = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      var sim = new SimConcurrency(seed);
      var counter = new AtomicInteger();
      sim.run(() -> {
        for (int i = 0; i < 3; i++) {
          sim.fork(
              "adder",
              () -> {
                int before = counter.get();
                sim.yieldNow();
                counter.set(before + 1);
                return before;
              });
        }
        return true;
      });
      ends.add(counter.get());
    }
    assertThat(ends).contains(1, 2, 3);
  }

  @Test
  void run_sleepers_takeVirtualTimeOnly() throws Exception {
    var sim = new SimConcurrency(1);
    sim.run(() -> {
      List<Task<Boolean>> sleepers = new ArrayList<>();
      for (int i = 1; i <= 10; i++) {
        Duration time = Duration.ofHours(i);
        sleepers.add(
            sim.fork(
                "sleeper",
                () -> {
                  sim.pause(time);
                  assertThat(sim.age()).isEqualTo(time);
                  return true;
                }));
      }
      sim.awaitAll(sleepers);
      return true;
    });
    assertThat(sim.age()).isEqualTo(Duration.ofHours(10));
  }

  @Test
  void run_deadlineOfAnEndedWait_doesNotHoldTimeUp() throws Exception {
    var sim = new SimConcurrency(1);
    sim.run(() -> {
      Task<Boolean> quick = sim.fork("quick", () -> true);
      return sim.awaitUntil(quick, sim.instant().plusSeconds(60));
    });
    assertThat(sim.age()).isZero();
  }

  @Test
  void run_deadlock_isReportedWithAllNames() {
    var sim = new SimConcurrency(42);
    List<Promise<String>> never = new ArrayList<>();
    assertThatExceptionOfType(SimFailure.class)
        .isThrownBy(() ->
            sim.run(() -> {
              never.add(sim.promise("never"));
              Task<Boolean> waiter =
                  sim.fork(
                      "waiter",
                      () -> {
                        sim.awaitAll(List.of(never.getFirst().task()));
                        return true;
                      });
              sim.awaitAll(List.of(waiter));
              return true;
            }))
        .withMessageContaining(
            "deadlock: task root#0 waits for task waiter#2, task waiter#2 waits for task never#1")
        .withMessageContaining("seed 42");
  }

  @Test
  void run_deadlock_unwindsEveryTask() {
    var sim = new SimConcurrency(42);
    var unwound = new AtomicInteger();
    Promise<String> never = sim.promise("never");
    assertThatExceptionOfType(SimFailure.class)
        .isThrownBy(() ->
            sim.run(() -> {
              for (int i = 0; i < 5; i++) {
                sim.fork(
                    "waiter",
                    () -> {
                      try {
                        sim.awaitAll(List.of(never.task()));
                        return true;
                      } finally {
                        unwound.incrementAndGet();
                      }
                    });
              }
              return true;
            }));
    assertThat(unwound).hasValue(5);
  }

  @Test
  void run_bodyThrows_throwsItAndEndsTheRest() {
    var sim = new SimConcurrency(1);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            sim.run(() -> {
              sim.fork(
                  "endless",
                  () -> {
                    while (true) {
                      sim.pause(Duration.ofSeconds(1));
                    }
                  });
              sim.pause(Duration.ofSeconds(10));
              throw new IOException("planned");
            }))
        .withMessage("planned");
  }

  @Test
  void run_failureNobodyAskedFor_surfaces() {
    var sim = new SimConcurrency(1);
    assertThatExceptionOfType(SimFailure.class)
        .isThrownBy(() ->
            sim.run(() ->
                sim.fork(
                    "careless",
                    () -> {
                      throw new AssertionError("planned");
                    })))
        .withMessageContaining("nobody asked")
        .withCauseInstanceOf(AssertionError.class);
  }

  @Test
  void run_storeFailureNobodyAskedFor_isAFairEnd() throws Exception {
    var sim = new SimConcurrency(1);
    Task<Boolean> task =
        sim.run(() ->
            sim.fork(
                "hedge",
                () -> {
                  throw new GraftException.Unavailable("planned");
                }));
    assertThat(task.isDone()).isTrue();
  }

  @Test
  void run_bodyEnds_playsTheOthersToTheirEnd() throws Exception {
    var sim = new SimConcurrency(1);
    var ended = new AtomicInteger();
    sim.run(() ->
        sim.fork(
            "background",
            () -> {
              sim.pause(Duration.ofMinutes(5));
              return ended.incrementAndGet();
            }));
    assertThat(ended).hasValue(1);
  }

  @Test
  void run_taskHoldsALockAcrossAWait_isReportedWithItsPlace() {
    var sim = new SimConcurrency(1, Duration.ofMillis(200));
    var lock = new Semaphore(1);
    try {
      assertThatExceptionOfType(SimFailure.class)
          .isThrownBy(() ->
              sim.run(() -> {
                lock.acquireUninterruptibly();
                sim.fork(
                    "blocked",
                    () -> {
                      lock.acquireUninterruptibly();
                      return true;
                    });
                sim.pause(Duration.ofSeconds(1));
                return true;
              }))
          .withMessageContaining("task blocked#1 has not come to a wait")
          .withMessageContaining("Semaphore.acquireUninterruptibly");
    } finally {
      lock.release();
    }
  }

  @Test
  void fork_outsideOfARun_isRefused() {
    var sim = new SimConcurrency(1);
    assertThatIllegalStateException().isThrownBy(() -> sim.fork("early", () -> true));
  }
}
