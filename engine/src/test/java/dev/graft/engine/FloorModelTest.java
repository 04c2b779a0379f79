package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.RetainRequest.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random commits, floors, kept LSNs, forks and kills, months of them, against a plain map of pages:
 * whatever is not given up reads exactly right, and everything else is gone and never wrong.
 */
class FloorModelTest {
  private static final int STEPS = 180;

  private record Fork(VolumeId child, Oracle oracle) {}

  private Stage stage = new Stage(0);
  private Random random = new Random(0);
  private VolumeId volume = stage.newVolume();
  private Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
  private final List<Fork> forks = new ArrayList<>();
  private final List<EngineRemote> engines = new ArrayList<>();
  private String what = "";
  private int kills;
  private int gone;
  private int right;
  private int trimmed;
  private int stalled;
  private int askedAgain;
  private int storeFaults;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 6, 7})
  void anything_afterRandomTrims_readsRightOrIsGone(long seed) {
    random = new Random(seed);
    boolean rollsUp = seed % 3 != 0;
    stage =
        new Stage(
            seed,
            EngineOptions.DEFAULT.withUpkeep(
                rollsUp ? EngineOptions.Upkeep.INLINE : EngineOptions.Upkeep.OFF));
    volume = stage.newVolume();
    oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
    for (int i = 0; i < 3; i++) {
      engines.add(stage.newEngine());
    }
    for (int step = 0; step < STEPS; step++) {
      what = "seed " + seed + " step " + step;
      stage.engine = engines.get(random.nextInt(engines.size()));
      step();
    }
    checkAll();
    System.out.printf(
        "seed %d: %d commits, floor %s, %d trimmed, %d kept, %d forks, %d kills, %d store faults,"
            + " %d stalled; %d reads right, %d of them asked again, %d gone%n",
        seed,
        oracle.head(),
        state().floor(),
        trimmed,
        state().keptLsns().size(),
        forks.size(),
        kills,
        storeFaults,
        stalled,
        right,
        askedAgain,
        gone);
    assertThat(trimmed).as(what).isGreaterThan(20);
    assertThat(gone).as(what).isGreaterThan(50);
    assertThat(kills).as(what).isGreaterThan(0);
    assertThat(stalled).as(what).isGreaterThan(0);
    assertThat(storeFaults).as(what).isGreaterThan(0);
  }

  private void step() {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> commits(1 + random.nextInt(12));
      case 8, 9 -> stage.clock.advance(Duration.ofMinutes(random.nextInt(60 * 40)));
      case 10 -> retain(new Change.Keep(new Lsn(1 + random.nextInt(head())), true));
      case 11 -> {
        List<Lsn> kept = state().keptLsns();
        if (!kept.isEmpty()) {
          retain(new Change.Keep(kept.get(random.nextInt(kept.size())), false));
        }
      }
      case 12 -> retain(new Change.Retention(Duration.ofHours(24 + random.nextInt(72))));
      case 13, 14 -> retain(new Change.FloorAt(new Lsn(random.nextInt(head() + 1))));
      case 15, 16 -> retain(new Change.FloorOlderThan(state().retention()));
      case 17 -> fork(1 + random.nextInt(head()));
      case 18 -> stalledCommit();
      default -> engines.set(random.nextInt(engines.size()), stage.newEngine());
    }
    check(3);
  }

  private int head() {
    return Math.max(1, oracle.head());
  }

  private StateRecord state() {
    return States.newest(stage, volume);
  }

  private void commits(int count) {
    for (int i = 0; i < count; i++) {
      HistoryModelTest.commit(stage, volume, oracle, random.nextInt(5) == 0);
      stage.clock.advance(Duration.ofMinutes(random.nextInt(120)));
    }
  }

  /** A change that is refused for a good reason is no failure; kills and lost answers happen. */
  private void retain(Change change) {
    if (oracle.head() == 0) {
      return;
    }
    StateRecord before = state();
    Instant now = stage.clock.instant();
    boolean kill = random.nextInt(3) == 0;
    if (kill) {
      stage.faulty.killAfterWrites(random.nextInt(60), random.nextBoolean());
    } else if (random.nextInt(3) == 0) {
      FaultyObjectStore.Fault fault =
          random.nextBoolean()
              ? FaultyObjectStore.Fault.ANSWER_LOST
              : FaultyObjectStore.Fault.REQUEST_LOST;
      stage.faulty.plan(random.nextBoolean() ? "/state/" : "/checkpoints/", fault);
    }
    EngineRemote engine = stage.engine;
    boolean refused = false;
    try {
      trimmed += (int) engine.retain(new RetainRequest(volume, change)).trimmedCommits();
    } catch (GraftException.Misuse | GraftException.Gone e) {
      refused = true;
    } catch (FaultyObjectStore.Killed e) {
      kills++;
      engines.replaceAll(each -> each == engine ? stage.newEngine() : each);
    }
    stage.faulty.revive();
    storeFaults += stage.faulty.faultsHit();
    stage.faulty.forgetPlan();
    StateRecord after = state();
    assertThat(after.floor().isBefore(before.floor())).as(what).isFalse();
    assertThat(after.floor().value() % 32).as(what).isZero();
    if (refused) {
      assertThat(after).as(what).isEqualTo(before);
    }
    if (after.floor().isAfter(before.floor())) {
      assertThat(change instanceof Change.FloorAt || change instanceof Change.FloorOlderThan)
          .as(what)
          .isTrue();
      Instant made = stage.newEngine().log(volume, after.floor(), 1).commits().getFirst().time();
      assertThat(made).as(what).isBeforeOrEqualTo(now.minus(before.retention()));
    }
    if (change instanceof Change.Keep(Lsn lsn, boolean kept) && !kill && !refused) {
      assertThat(after.keptLsns().contains(lsn)).as(what).isEqualTo(kept);
    }
  }

  private void fork(int lsn) {
    if (oracle.head() == 0 || forks.size() > 6) {
      return;
    }
    VolumeId child = stage.ids.newVolumeId();
    boolean kept = state().keeps(new Lsn(lsn));
    ForkRequest request = new ForkRequest(volume, oracle.position(lsn), child);
    if (!kept) {
      assertThatThrownBy(() -> stage.newEngine().fork(request))
          .as(what)
          .isInstanceOf(GraftException.class);
      return;
    }
    if (random.nextInt(3) == 0) {
      stage.faulty.killAfterWrites(random.nextInt(5), random.nextBoolean());
    }
    EngineRemote engine = stage.newEngine();
    try {
      engine.fork(request);
      stage.faulty.revive();
    } catch (FaultyObjectStore.Killed e) {
      kills++;
      stage.faulty.revive();
      if (random.nextBoolean()) {
        return; // Never finished: after three days somebody gives it up.
      }
      stage.newEngine().fork(request);
    }
    EngineRemote cold = stage.newEngine();
    Graft open = Stage.changes(cold, child, null, new Until.Head(), false);
    Position start = new Position(Lsn.ZERO, cold.volume(child).recordHash());
    forks.add(new Fork(child, oracle.fork(lsn, start, open.upto())));
  }

  /** A writer is stopped between its look at the base and its put, for long. */
  private void stalledCommit() {
    if (oracle.head() < 3) {
      return;
    }
    int base = Math.max(1, oracle.head() - 1 - random.nextInt(40));
    if (!state().keeps(new Lsn(base))) {
      return;
    }
    CommitRequest request =
        Writes.of(300, Math.min(300, oracle.count(base)), 7, Writes.page(Stage.PAGE_SIZE, 1))
            .inline(
                volume,
                Stage.PAGE_SIZE,
                oracle.position(base),
                List.of(Writes.transaction(stage.ids, stage.clock.instant())));
    EngineRemote writer = stage.newEngine();
    EngineRemote other = stage.engine;
    stage.faulty.beforePut(
        Keys.commit(volume, new Lsn(base + 1)).value(),
        () -> {
          stage.clock.advance(Duration.ofDays(2 + random.nextInt(9)));
          stage.engine = other;
          try {
            trimmed +=
                (int)
                    other
                        .retain(new RetainRequest(volume, new Change.FloorAt(new Lsn(head()))))
                        .trimmedCommits();
          } catch (GraftException.Misuse e) {
            // Too young; then the writer must learn of the conflict.
          }
        });
    Lsn floor;
    try {
      CommitOutcome outcome = writer.commit(request);
      floor = state().floor();
      assertThat(outcome).as(what).isInstanceOf(CommitOutcome.Conflict.class);
      assertThat(floor.value()).as(what).isLessThan(base + 1);
    } catch (GraftException.Gone e) {
      floor = state().floor();
      assertThat(floor.value()).as(what).isGreaterThanOrEqualTo(base + 1);
      stalled++;
    }
  }

  private void check(int times) {
    for (int i = 0; i < times && oracle.head() > 0; i++) {
      EngineRemote engine =
          random.nextBoolean() ? stage.newEngine() : engines.get(random.nextInt(engines.size()));
      read(engine, random.nextInt(oracle.head() + 1), random.nextBoolean());
    }
    for (Fork fork : forks) {
      if (random.nextInt(4) == 0) {
        readFork(fork);
      }
    }
  }

  private void checkAll() {
    EngineRemote cold = stage.newEngine();
    for (int lsn = 0; lsn <= oracle.head(); lsn++) {
      read(cold, lsn, false);
    }
    for (Fork fork : forks) {
      readFork(fork);
    }
    TreeSet<Lsn> kept = new TreeSet<>(state().keptLsns());
    kept.removeIf(lsn -> !lsn.isBefore(state().floor()));
    assertThat(cold.log(volume, null, 1_000).commits())
        .hasSize(oracle.head() - Math.max(0, (int) state().floor().value() - 1) + kept.size());
  }

  private void readFork(Fork fork) {
    EngineRemote cold = stage.newEngine();
    Graft graft = Stage.changes(cold, fork.child, null, new Until.Head(), false);
    fork.oracle.check(what + " fork", graft, 0, 1, cold);
    right++;
  }

  private void read(EngineRemote engine, int lsn, boolean since) {
    StateRecord state = state();
    int from = since ? random.nextInt(lsn + 1) : 0;
    Graft graft;
    try {
      graft =
          Stage.changes(
              engine,
              volume,
              from == 0 ? null : oracle.position(from),
              new Until.AtLsn(new Lsn(lsn)),
              false);
    } catch (GraftException.Gone e) {
      assertThat(state.keeps(new Lsn(lsn))).as(what + " lsn " + lsn + " " + e).isFalse();
      gone++;
      return;
    }
    // An engine may go on for a minute with a state that it read before; what it tells is right
    // then, if what it names is still there.
    boolean settled = stage.clock.instant().isAfter(state.time().plusSeconds(60));
    if (!state.keeps(new Lsn(lsn))) {
      assertThat(settled).as(what + " lsn " + lsn + " is below the floor, answered").isFalse();
      return;
    }
    boolean afresh = graft.from().lsn().equals(Lsn.ZERO);
    if (settled) {
      assertThat(afresh).as(what).isEqualTo(from == 0 || new Lsn(from).isBefore(state.floor()));
    }
    try {
      oracle.check(what + " (" + from + ", " + lsn + "]", graft, afresh ? 0 : from, lsn, engine);
    } catch (AssertionError e) {
      // A map told by an older state may name what was trimmed since: one asks for the LSN again.
      if (settled || !String.valueOf(e.getMessage()).startsWith("missing")) {
        throw e;
      }
      askedAgain++;
      EngineRemote cold = stage.newEngine();
      Graft again = Stage.changes(cold, volume, null, new Until.AtLsn(new Lsn(lsn)), false);
      oracle.check(what + " again " + lsn, again, 0, lsn, cold);
    }
    right++;
  }
}
