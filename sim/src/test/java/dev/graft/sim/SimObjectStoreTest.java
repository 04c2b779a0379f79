package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.concurrency.Task;
import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStoreContract;
import dev.graft.engine.store.Preflight;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.RandomIdSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimObjectStoreTest extends ObjectStoreContract {
  private static final int SEEDS = 5;

  /** Faults under which what is answered is true. */
  private static final Set<Fault> TRUE_ANSWERS =
      EnumSet.range(Fault.PUT_ANSWER_LOST, Fault.OVERTAKEN);

  private static final ObjectKey KEY = new ObjectKey("a/b");

  /** A piece of a program on a store that fails. */
  private interface Play<T> {
    T on(SimObjectStore store, SimConcurrency sim) throws Exception;
  }

  private static <T> T play(long seed, FaultPlan plan, Play<T> body) throws Exception {
    var sim = new SimConcurrency(seed);
    var store = new SimObjectStore(sim, seed, StoreLatencies.s3(), plan);
    return sim.run(() -> body.on(store, sim));
  }

  @Override
  protected void run(Scenario scenario) throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      play(
          seed,
          FaultPlan.NONE,
          (store, sim) -> {
            scenario.play(store, sim);
            return true;
          });
    }
  }

  @Test
  void get_together_takesTheTimeOfTheSlowest() throws Exception {
    play(
        1,
        FaultPlan.NONE,
        (store, sim) -> {
          var counting = new CountingObjectStore(store);
          List<Task<Duration>> gets = new ArrayList<>();
          for (int i = 0; i < 16; i++) {
            gets.add(
                sim.fork(
                    "get",
                    () -> {
                      Duration begin = sim.age();
                      counting.get(KEY, 0, 1);
                      return sim.age().minus(begin);
                    }));
          }
          sim.awaitAll(gets);
          Duration slowest = Duration.ZERO;
          for (Task<Duration> get : gets) {
            Duration time = get.result();
            assertThat(time).isBetween(Duration.ofMillis(15), Duration.ofMillis(180));
            slowest = time.compareTo(slowest) > 0 ? time : slowest;
          }
          assertThat(sim.age()).isEqualTo(slowest);
          assertThat(counting.snapshot().rounds()).isEqualTo(1);
          return true;
        });
  }

  @Test
  void putIfAbsent_answerLost_hasLanded() throws Exception {
    play(
        1,
        FaultPlan.NONE.with(Fault.PUT_ANSWER_LOST, 1),
        (store, sim) -> {
          assertThat(store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX))
              .isInstanceOf(PutOutcome.Unknown.class);
          assertThat(store.get(KEY, 0, 1)).isInstanceOf(GetOutcome.Found.class);
          assertThat(store.hits(Fault.PUT_ANSWER_LOST)).isEqualTo(1);
          return true;
        });
  }

  @Test
  void putIfAbsent_lost_neverLands() throws Exception {
    play(
        1,
        FaultPlan.NONE.with(Fault.PUT_LOST, 1),
        (store, sim) -> {
          assertThat(store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX))
              .isInstanceOf(PutOutcome.Unknown.class);
          sim.pause(Duration.ofDays(1));
          assertThat(store.get(KEY, 0, 1)).isEqualTo(new GetOutcome.Missing());
          assertThat(store.hits(Fault.PUT_LOST)).isEqualTo(1);
          return true;
        });
  }

  @Test
  void putIfAbsent_landsLate_isSeenAfterItsAnswer() throws Exception {
    play(
        1,
        FaultPlan.NONE.with(Fault.PUT_LANDS_LATE, 1),
        (store, sim) -> {
          byte[] bytes = {1};
          assertThat(store.putIfAbsent(KEY, bytes, Instant.MAX))
              .isInstanceOf(PutOutcome.Unknown.class);
          bytes[0] = 2;
          assertThat(store.objects().get(KEY, 0, 1)).isEqualTo(new GetOutcome.Missing());
          sim.pause(SimObjectStore.MAX_LATENESS);
          assertThat(store.objects().get(KEY, 0, 1))
              .isInstanceOfSatisfying(
                  GetOutcome.Found.class,
                  found -> assertThat(found.bytes()).isEqualTo(new byte[] {1}));
          assertThat(store.hits(Fault.PUT_LANDS_LATE)).isEqualTo(1);
          return true;
        });
  }

  @Test
  void putIfAbsent_wouldLandAfterItsLastMoment_neverLands() throws Exception {
    int landed = 0;
    int seeds = 30;
    Duration limit = Duration.ofSeconds(6);
    for (long seed = 0; seed < seeds; seed++) {
      landed +=
          play(
              seed,
              FaultPlan.NONE.with(Fault.PUT_LANDS_LATE, 1),
              (store, sim) -> {
                store.putIfAbsent(KEY, new byte[] {1}, SimConcurrency.START.plus(limit));
                sim.pause(limit.minus(sim.age()));
                sim.pause(Duration.ofNanos(1));
                boolean atLimit = store.objects().get(KEY, 0, 1) instanceof GetOutcome.Found;
                sim.pause(Duration.ofDays(1));
                boolean atEnd = store.objects().get(KEY, 0, 1) instanceof GetOutcome.Found;
                assertThat(atEnd).isEqualTo(atLimit);
                return atEnd ? 1 : 0;
              });
    }
    assertThat(landed).as("both ends must occur").isBetween(1, seeds - 1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"PUT_REFUSED", "GET_REFUSED", "LIST_REFUSED"})
  void request_refused_isUnavailableAndChangesNothing(Fault fault) throws Exception {
    play(
        1,
        FaultPlan.NONE.with(fault, 1),
        (store, sim) -> {
          GraftException refusal = null;
          try {
            switch (fault) {
              case PUT_REFUSED -> store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
              case GET_REFUSED -> store.get(KEY, 0, 1);
              default -> store.list("", "", 1);
            }
          } catch (GraftException.Unavailable e) {
            refusal = e;
          }
          assertThat(refusal).hasMessageContaining("503");
          assertThat(store.hits(fault)).isEqualTo(1);
          assertThat(store.objects().list("", "", 1)).isEmpty();
          return true;
        });
  }

  @Test
  void putIfAbsent_toldTaken_hasLanded() throws Exception {
    play(
        1,
        FaultPlan.NONE.with(Fault.PUT_TOLD_TAKEN, 1),
        (store, sim) -> {
          assertThat(store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX))
              .isInstanceOf(PutOutcome.AlreadyExists.class);
          assertThat(store.objects().get(KEY, 0, 1)).isInstanceOf(GetOutcome.Found.class);
          assertThat(store.hits(Fault.PUT_TOLD_TAKEN)).isEqualTo(1);
          assertThat(store.putIfAbsent(KEY, new byte[] {2}, Instant.MAX))
              .isInstanceOf(PutOutcome.AlreadyExists.class);
          assertThat(store.hits(Fault.PUT_TOLD_TAKEN)).as("no other outcome").isEqualTo(1);
          return true;
        });
  }

  @Test
  void get_storm_isMostlyRefusedForAWhile() throws Exception {
    play(
        1,
        FaultPlan.NONE.with(Fault.STORM, 1),
        (store, sim) -> {
          int refused = 0;
          for (int i = 0; i < 50; i++) {
            try {
              store.get(KEY, 0, 1);
            } catch (GraftException.Unavailable e) {
              refused++;
            }
          }
          assertThat(refused).isBetween(30, 49);
          assertThat(store.hits(Fault.STORM)).isEqualTo(refused);
          return true;
        });
  }

  @Test
  void get_slow_takesManyTimesItsTime() throws Exception {
    play(
        1,
        FaultPlan.NONE.with(Fault.STORE_SLOW, 1),
        (store, sim) -> {
          store.get(KEY, 0, 1);
          assertThat(sim.age()).isGreaterThan(Duration.ofMillis(700));
          assertThat(store.hits(Fault.STORE_SLOW)).isEqualTo(1);
          return true;
        });
  }

  @Test
  void putIfAbsent_callerStandsStill_isTooLateBeforeAndMadeAfter() throws Exception {
    Instant soon = SimConcurrency.START.plusMillis(200);
    for (Fault fault : List.of(Fault.PAUSED_BEFORE, Fault.PAUSED_AFTER)) {
      play(
          2,
          FaultPlan.NONE.with(fault, 1),
          (store, sim) -> {
            PutOutcome outcome = store.putIfAbsent(KEY, new byte[] {1}, soon);
            assertThat(sim.instant()).isAfter(soon);
            assertThat(outcome)
                .isEqualTo(
                    fault == Fault.PAUSED_BEFORE
                        ? new PutOutcome.TooLate()
                        : new PutOutcome.Created());
            assertThat(store.hits(fault)).isEqualTo(1);
            return true;
          });
    }
  }

  @Test
  void get_damaged_leavesTheObjectAlone() throws Exception {
    byte[] whole = new byte[64];
    for (Fault fault : List.of(Fault.GET_TRUNCATED, Fault.GET_FLIPPED)) {
      play(
          3,
          FaultPlan.NONE.with(fault, 1),
          (store, sim) -> {
            store.objects().putIfAbsent(KEY, whole, Instant.MAX);
            assertThat(store.get(KEY, 0, 64))
                .isInstanceOfSatisfying(
                    GetOutcome.Found.class,
                    found -> {
                      assertThat(found.bytes()).isNotEqualTo(whole);
                      assertThat(found.totalBytes()).isEqualTo(64);
                      boolean isShort = found.bytes().length < 64;
                      assertThat(isShort).isEqualTo(fault == Fault.GET_TRUNCATED);
                    });
            assertThat(store.objects().get(KEY, 0, 64))
                .isInstanceOfSatisfying(
                    GetOutcome.Found.class, found -> assertThat(found.bytes()).isEqualTo(whole));
            assertThat(store.hits(fault)).isEqualTo(1);
            return true;
          });
    }
  }

  @Test
  void get_heldBack_countsOnlyWhenItIsOvertaken() throws Exception {
    play(
        4,
        FaultPlan.NONE.with(Fault.OVERTAKEN, 1),
        (store, sim) -> {
          store.get(KEY, 0, 1);
          assertThat(store.hits(Fault.OVERTAKEN)).as("alone").isZero();
          List<Task<GetOutcome>> gets = new ArrayList<>();
          for (int i = 0; i < 8; i++) {
            gets.add(sim.fork("get", () -> store.get(KEY, 0, 1)));
          }
          sim.awaitAll(gets);
          assertThat(store.hits(Fault.OVERTAKEN)).isPositive();
          return true;
        });
  }

  @Test
  void first_removedObject_isKnownStill() throws Exception {
    play(
        5,
        FaultPlan.NONE,
        (store, sim) -> {
          store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
          store.delete(KEY);
          store.putIfAbsent(KEY, new byte[] {2}, Instant.MAX);
          assertThat(store.first(KEY)).containsExactly(1);
          assertThat(store.removed("a/")).containsExactly(KEY);
          return true;
        });
  }

  @Test
  void race_withFaults_neverHasTwoWinners() throws Exception {
    long[] hits = new long[Fault.values().length];
    for (long seed = 0; seed < 30; seed++) {
      play(
          seed,
          FaultPlan.of(0.04, TRUE_ANSWERS),
          (store, sim) -> {
            race(store, sim);
            sim.pause(SimObjectStore.MAX_LATENESS);
            for (Fault fault : TRUE_ANSWERS) {
              hits[fault.ordinal()] += store.hits(fault);
            }
            return true;
          });
    }
    for (Fault fault : TRUE_ANSWERS) {
      if (fault != Fault.LIST_REFUSED) {
        assertThat(hits[fault.ordinal()]).as(fault.name()).isPositive();
      }
    }
  }

  private static void race(SimObjectStore store, SimConcurrency sim) throws Exception {
    for (int round = 0; round < 10; round++) {
      var key = new ObjectKey("race/" + round);
      List<Task<PutOutcome>> writers = new ArrayList<>();
      for (int i = 0; i <= round % 6; i++) {
        byte[] bytes = {(byte) i};
        writers.add(sim.fork("writer", () -> store.putIfAbsent(key, bytes, Instant.MAX)));
      }
      sim.awaitAll(writers);
      int winner = -1;
      for (int i = 0; i < writers.size(); i++) {
        try {
          if (writers.get(i).result() instanceof PutOutcome.Created) {
            assertThat(winner).as("another winner than %s", i).isEqualTo(-1);
            winner = i;
          }
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(GraftException.Unavailable.class);
        }
      }
      if (winner >= 0 && store.objects().get(key, 0, 1) instanceof GetOutcome.Found found) {
        assertThat(found.bytes()).containsExactly(winner);
      }
      try {
        store.get(key, 0, 1);
      } catch (GraftException.Unavailable e) {
        // One of the faults of this test.
      }
    }
  }

  @Test
  void preflight_storeThatIsBusyAndLosesAnswers_passes() throws Exception {
    FaultPlan plan =
        FaultPlan.NONE
            .with(Fault.PUT_ANSWER_LOST, 0.1)
            .with(Fault.PUT_LOST, 0.1)
            .with(Fault.PUT_REFUSED, 0.1)
            .with(Fault.GET_REFUSED, 0.1)
            .with(Fault.LIST_REFUSED, 0.1);
    for (long seed = 0; seed < 20; seed++) {
      play(
          seed,
          plan,
          (store, sim) -> {
            Preflight.check(store, sim, new RandomIdSource(new Random(1)));
            return true;
          });
    }
  }

  private static Hash traceOf(long seed) throws Exception {
    var sim = new SimConcurrency(seed);
    var store =
        new SimObjectStore(sim, seed, StoreLatencies.s3(), FaultPlan.of(0.03, TRUE_ANSWERS));
    sim.run(() -> {
      race(store, sim);
      return true;
    });
    return sim.traceHash();
  }

  @Test
  void run_sameSeed_isTheSameHistory() throws Exception {
    Set<Hash> traces = new HashSet<>();
    for (long seed = 0; seed < 10; seed++) {
      Hash first = traceOf(seed);
      assertThat(traceOf(seed)).as("seed %s", seed).isEqualTo(first);
      traces.add(first);
    }
    assertThat(traces).hasSize(10);
  }
}
