package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories, and every question about them, against a plain map of pages. */
class HistoryModelTest {
  private static final int MAX_PAGES = 300;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void changesSince_randomHistory_saysWhatAMapOfPagesSays(long seed) {
    Stage stage = new Stage(seed, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
    VolumeId volume = stage.newVolume();
    Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
    for (int i = 0; i < 90; i++) {
      commit(stage, volume, oracle, stage.random.nextInt(4) == 0);
      stage.clock.advance(Duration.ofSeconds(1));
    }
    assertThat(stage.engine.upkeepFailures()).as("%s", stage.engine.lastUpkeepFailure()).isZero();
    Random random = new Random(seed);
    EngineRemote cold = stage.newEngine(EngineOptions.DEFAULT);
    for (int i = 0; i < 120; i++) {
      int since = random.nextInt(oracle.head() + 1);
      int upto = since + random.nextInt(oracle.head() - since + 1);
      boolean open = random.nextBoolean();
      Graft graft =
          Stage.changes(
              random.nextBoolean() ? stage.engine : cold,
              volume,
              oracle.position(since),
              new Until.AtLsn(new Lsn(upto)),
              open);
      oracle.check("seed " + seed, graft, since, upto, cold);
      assertThat(graft.head()).isEqualTo(oracle.position(oracle.head()));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void commit_severalClientsWithEnginesOfTheirOwn_eachLandsOnceOrLearnsOfTheOthers(long seed)
      throws InterruptedException {
    Stage stage = new Stage(seed, EngineOptions.DEFAULT);
    VolumeId volume = stage.newVolume();
    Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
    EngineRemote[] engines = {stage.engine, stage.newEngine(), stage.newEngine()};
    int[] bases = new int[engines.length];
    int conflicts = 0;
    while (oracle.head() < 150) {
      int client = stage.random.nextInt(engines.length);
      int base = bases[client];
      stage.faulty.plan("/log/", someFault(stage.random));
      Writes writes = new Writes(100, base == 0 ? 0 : 100);
      writes.pages.put(
          1 + stage.random.nextLong(100), Writes.page(Stage.PAGE_SIZE, stage.random.nextLong()));
      CommitRequest request =
          writes.inline(
              volume,
              Stage.PAGE_SIZE,
              oracle.position(base),
              List.of(Writes.transaction(stage.ids, stage.clock.instant())));
      String what = "seed " + seed + " client " + client;
      switch (engines[client].commit(request)) {
        case CommitOutcome.Committed done -> {
          assertThat(base).as(what).isEqualTo(oracle.head());
          oracle.commit(writes, done.position());
        }
        case CommitOutcome.Conflict(Graft graft) -> {
          assertThat(base).as(what).isLessThan(oracle.head());
          oracle.check(what, graft, base, oracle.head(), engines[client]);
          conflicts++;
        }
      }
      bases[client] = oracle.head();
    }
    assertThat(conflicts).isGreaterThan(50);
    for (EngineRemote engine : engines) {
      engine.quiesce();
      assertThat(engine.upkeepFailures()).as("%s", engine.lastUpkeepFailure()).isZero();
      for (int since = 0; since < oracle.head(); since += 11) {
        Graft graft =
            Stage.changes(engine, volume, oracle.position(since), new Until.Head(), false);
        oracle.check("seed " + seed, graft, since, oracle.head(), engine);
      }
    }
  }

  private static FaultyObjectStore.Fault[] someFault(Random random) {
    List<FaultyObjectStore.Fault> all = FaultyObjectStore.Fault.PASSING;
    return random.nextInt(3) == 0
        ? new FaultyObjectStore.Fault[] {all.get(random.nextInt(all.size()))}
        : new FaultyObjectStore.Fault[0];
  }

  @Test
  void changesSince_overAThousandWindows_goesThroughBranches() {
    Stage stage = new Stage(31, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
    VolumeId volume = stage.newVolume();
    Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
    long count = 2_500L << 16;
    for (int i = 0; i < 40; i++) {
      long smallest = i == 0 ? 0 : i == 20 ? 1_300L << 16 : count;
      Writes writes = new Writes(count, smallest);
      boolean wide = i % 13 == 0;
      for (int window = 0; window < 2_500; window += wide ? 1 : 601) {
        long page = ((long) window << 16) + 1 + stage.random.nextLong(3);
        writes.pages.put(page, Writes.page(Stage.PAGE_SIZE, stage.random.nextLong()));
      }
      applyUnchecked(stage, volume, oracle, writes, false);
    }
    assertThat(stage.engine.upkeepFailures()).as("%s", stage.engine.lastUpkeepFailure()).isZero();
    EngineRemote cold = stage.newEngine();
    for (int since : new int[] {0, 1, 13, 25, 39}) {
      for (int upto : new int[] {1, 14, 32, 40}) {
        if (upto > since) {
          Until until = new Until.AtLsn(new Lsn(upto));
          Graft graft = Stage.changes(cold, volume, oracle.position(since), until, since == 0);
          assertThat(graft.root().encode().length).isLessThan(256 * 1024);
          oracle.check("branches", graft, since, upto, cold);
        }
      }
    }
  }

  @Test
  void changesSince_truncatedAndGrownAgain_hidesWhatWasCutOff() {
    Stage stage = new Stage(9, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
    VolumeId volume = stage.newVolume();
    Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
    Writes grown = new Writes(40, 0);
    for (long page = 1; page <= 40; page++) {
      grown.pages.put(page, Writes.page(Stage.PAGE_SIZE, page));
    }
    apply(stage, volume, oracle, grown, false);
    apply(stage, volume, oracle, new Writes(10, 10), false);
    Writes again = new Writes(30, 10);
    again.pages.put(20L, Writes.page(Stage.PAGE_SIZE, 99));
    apply(stage, volume, oracle, again, false);
    while (oracle.head() < 40) {
      Writes one = new Writes(30, 30);
      one.pages.put(5L, Writes.page(Stage.PAGE_SIZE, oracle.head()));
      apply(stage, volume, oracle, one, false);
    }
    for (int since = 0; since <= oracle.head(); since++) {
      for (int upto : new int[] {since, since + 1, 32, 40}) {
        if (upto >= since && upto <= oracle.head()) {
          Graft graft =
              Stage.changes(
                  stage.engine,
                  volume,
                  oracle.position(since),
                  new Until.AtLsn(new Lsn(upto)),
                  false);
          oracle.check("truncate", graft, since, upto, stage.engine);
        }
      }
    }
  }

  static void commit(Stage stage, VolumeId volume, Oracle oracle, boolean inSegment) {
    Random random = stage.random;
    long before = oracle.count(oracle.head());
    long smallest = random.nextInt(8) == 0 ? random.nextLong(before + 1) : before;
    long count = Math.max(smallest, random.nextLong(1, MAX_PAGES));
    smallest = Math.min(smallest, count);
    if (random.nextInt(3) != 0) {
      count = Math.max(1, before);
      smallest = Math.min(before, count);
    }
    Writes writes = new Writes(count, smallest);
    int pages = random.nextInt(1, inSegment ? 200 : 12);
    for (int i = 0; i < pages; i++) {
      long page = 1 + random.nextLong(count);
      if (random.nextInt(6) == 0 && !writes.pages.containsKey(page)) {
        writes.cleared.put(page, true);
      } else if (!writes.cleared.containsKey(page)) {
        writes.pages.put(page, Writes.page(Stage.PAGE_SIZE, random.nextLong()));
        if (page % 7 == 1) {
          writes.hot.put(page, true);
        }
      }
    }
    apply(stage, volume, oracle, writes, inSegment && !writes.pages.isEmpty());
  }

  static void apply(Stage stage, VolumeId volume, Oracle oracle, Writes writes, boolean inSegment) {
    CommitOutcome.Committed committed = applyUnchecked(stage, volume, oracle, writes, inSegment);
    oracle.check("commit", committed.graft(), oracle.head() - 1, oracle.head(), stage.engine);
  }

  /** The same without a look at every page of what came of it. */
  static CommitOutcome.Committed applyUnchecked(
      Stage stage, VolumeId volume, Oracle oracle, Writes writes, boolean inSegment) {
    List<TransactionRecord> transactions =
        List.of(Writes.transaction(stage.ids, stage.clock.instant()));
    CommitRequest request;
    if (inSegment) {
      Writes.InSegment segment =
          writes.segment(volume, Stage.PAGE_SIZE, stage.ids.newSegmentId(stage.clock.instant()));
      stage.engine.upload(volume, segment.segment().id(), segment.segment().bytes());
      request = writes.segments(volume, oracle.position(oracle.head()), transactions, segment);
    } else {
      request =
          writes.inline(volume, Stage.PAGE_SIZE, oracle.position(oracle.head()), transactions);
    }
    CommitOutcome outcome = stage.engine.commit(request);
    if (!(outcome instanceof CommitOutcome.Committed committed)) {
      throw new AssertionError("conflict: " + outcome);
    }
    oracle.commit(writes, committed.position());
    return committed;
  }
}
