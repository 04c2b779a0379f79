package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.Counts;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The numbers that the engine promises, counted over 11,300 one-page commits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CountsTest {
  private static final int COMMITS = 11_300;
  private static final long PAGES = 300_000;
  private static final PageSize SIZE = PageSize.DEFAULT;
  private static final long SEED = 42;

  private final Stage stage =
      new Stage(SEED, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
  private final VolumeId volume = stage.ids.newVolumeId();
  private final List<Position> positions = new ArrayList<>();
  private final List<Counts> costs = new ArrayList<>();

  @BeforeAll
  void writeHistory() {
    stage.engine.createVolume(new CreateVolume(volume, SIZE));
    positions.add(stage.start(volume));
    for (int lsn = 1; lsn <= COMMITS; lsn++) {
      Writes writes = new Writes(PAGES, lsn == 1 ? 0 : PAGES);
      long page = lsn % 40 == 1 ? 1 : 1 + stage.random.nextLong(PAGES);
      writes.pages.put(page, Writes.page(SIZE, lsn));
      if (page == 1 || lsn % 50 == 0) {
        writes.hot.put(page, true);
      }
      CommitRequest request =
          writes.inline(
              volume,
              SIZE,
              positions.getLast(),
              List.of(Writes.transaction(stage.ids, stage.clock.instant())));
      Counts before = stage.store.snapshot();
      CommitOutcome outcome = stage.engine.commit(request);
      costs.add(stage.store.snapshot().minus(before));
      if (!(outcome instanceof CommitOutcome.Committed committed)) {
        throw new AssertionError("conflict at " + lsn);
      }
      positions.add(committed.position());
    }
    assertThat(stage.engine.upkeepFailures()).as("%s", stage.engine.lastUpkeepFailure()).isZero();
  }

  @Test
  void commit_small_isOnePut() {
    Counts single = costs.get(4_999);
    assertThat(single.puts()).isEqualTo(1);
    assertThat(single.reads()).isZero();
    assertThat(single.rounds()).isEqualTo(1);
  }

  @Test
  void commit_meanWithAllRollupsAndTheCheckpoint_isWithinItsBound() {
    Counts total = Counts.ZERO;
    for (int i = 1_024; i < 2_048; i++) {
      total = total.plus(costs.get(i));
    }
    System.out.printf(
        "mean of a commit: %.3f writes, %.3f reads, %.0f bytes%n",
        total.writes() / 1024.0, total.reads() / 1024.0, total.bytesWritten() / 1024.0);
    assertThat(total.writes() / 1024.0).isLessThanOrEqualTo(1.1);
    assertThat(total.reads() / 1024.0).isLessThanOrEqualTo(1.2);
  }

  @Test
  void commit_meanOfEnginesThatForget_readsEachCommitOnceForItsRollup() {
    // A committer that starts anew for every block of 32: nothing of it is in memory.
    Stage fresh = new Stage(SEED, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF));
    VolumeId of = fresh.ids.newVolumeId();
    fresh.engine.createVolume(new CreateVolume(of, SIZE));
    Position at = fresh.start(of);
    for (int lsn = 1; lsn <= 1_024; lsn++) {
      Writes writes = Writes.of(PAGES, lsn == 1 ? 0 : PAGES, lsn * 7L, Writes.page(SIZE, lsn));
      EngineRemote engine =
          lsn % 32 == 0
              ? fresh.newEngine(fresh.options.withUpkeep(EngineOptions.Upkeep.INLINE))
              : fresh.engine;
      CommitRequest request =
          writes.inline(
              of, SIZE, at, List.of(Writes.transaction(fresh.ids, fresh.clock.instant())));
      at = ((CommitOutcome.Committed) engine.commit(request)).position();
    }
    double reads = fresh.store.snapshot().reads() / 1024.0;
    System.out.printf("mean of a commit with forgetful rollups: %.3f reads%n", reads);
    assertThat(reads).isLessThanOrEqualTo(1.3);
  }

  @Test
  void changesSince_thousandAndTenThousandCommits_readsAndRoundsAreWithinTheirBounds() {
    Random random = new Random(SEED);
    for (int n : new int[] {1_000, 10_000}) {
      int mostReads = 0;
      int mostWarm = 0;
      int mostCold = 0;
      for (int i = 0; i < 25; i++) {
        int since = i == 0 ? 33 : 1 + random.nextInt(COMMITS - n);
        int upto = since + n;
        Measured cold = measure(newLockstep(upto), since, upto, false);
        mostReads = Math.max(mostReads, (int) cold.counts.reads());
        mostCold = Math.max(mostCold, cold.rounds);
        // Warm: it has answered before, when the head was another, and knows the state.
        Engine warm = newLockstep(since + 1);
        measure(warm, since, since + 1, false);
        warm.store().setHead(upto);
        Measured again = measure(warm, since, upto, false);
        mostWarm = Math.max(mostWarm, again.rounds);
      }
      System.out.printf(
          "changes since %d commits: <= %d reads, rounds %d warm, %d cold%n",
          n, mostReads, mostWarm, mostCold);
      assertThat(mostReads).isLessThanOrEqualTo(4 + (n == 1_000 ? 70 : 111));
      assertThat(mostWarm).isLessThanOrEqualTo(3);
      assertThat(mostCold).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void readChangedPages_afterAThousandOnePageCommits_takesFewRanges() {
    Random random = new Random(SEED);
    int most = 0;
    for (int i = 0; i < 40; i++) {
      int since = random.nextInt(COMMITS - 1_000);
      most = Math.max(most, ranges(since, since + 1_000));
    }
    int mostAligned = 0;
    for (int block = 0; block < 11; block++) {
      mostAligned = Math.max(mostAligned, ranges(block * 1_024, block * 1_024 + 1_024));
    }
    System.out.printf(
        "GETs for all pages changed by 1,000 commits: <= %d, aligned 1,024: <= %d%n",
        most, mostAligned);
    assertThat(most).isLessThanOrEqualTo(72);
    assertThat(mostAligned).isLessThanOrEqualTo(34);
  }

  @Test
  void open_anyHead_readsAndAnswersLittle() {
    int most = 0;
    int mostBytes = 0;
    for (int head : new int[] {1, 31, 1_000, 1_023, 1_024, 2_047, 5_000, 10_239, 11_263}) {
      Measured cold = measure(newLockstep(head), 0, head, true);
      most = Math.max(most, (int) cold.counts.reads());
      int bytes = cold.graft.root().encode().length;
      for (Graft.CarriedFrame frame : cold.graft.frames()) {
        bytes += frame.bytes().length;
      }
      assertThat(cold.graft.frames()).as("page 1 comes along at %d", head).isNotEmpty();
      mostBytes = Math.max(mostBytes, bytes);
    }
    System.out.printf("open: <= %d reads, <= %d bytes%n", most, mostBytes);
    assertThat(most).isLessThanOrEqualTo(72);
    assertThat(mostBytes).isLessThanOrEqualTo(256 * 1024);
  }

  @Test
  void open_pastSnapshot_isAsOpenAtTheHead() {
    Random random = new Random(SEED);
    int most = 0;
    int mostBytes = 0;
    for (int i = 0; i < 30; i++) {
      int at = i == 0 ? 1_023 : i == 1 ? 2_047 : 1 + random.nextInt(COMMITS - 1);
      EngineRemote cold = stage.newEngine();
      Counts before = stage.store.snapshot();
      Graft graft = Stage.changes(cold, volume, null, new Until.AtLsn(new Lsn(at)), true);
      most = Math.max(most, (int) stage.store.snapshot().minus(before).reads());
      assertThat(graft.upto()).isEqualTo(positions.get(at));
      int bytes = graft.root().encode().length;
      for (Graft.CarriedFrame frame : graft.frames()) {
        bytes += frame.bytes().length;
      }
      mostBytes = Math.max(mostBytes, bytes);
    }
    System.out.printf("open of a past snapshot: <= %d reads, <= %d bytes%n", most, mostBytes);
    assertThat(most).isLessThanOrEqualTo(72);
    assertThat(mostBytes).isLessThanOrEqualTo(256 * 1024);
  }

  @Test
  void fork_atTheHeadOrAPastLsn_isAFewWritesAndNoPage() {
    long mostWrites = 0;
    long mostReads = 0;
    long mostBytes = 0;
    for (int at : new int[] {COMMITS, 11_263, 5_000, 1_023, 1}) {
      EngineRemote cold = stage.newEngine();
      VolumeId child = stage.ids.newVolumeId();
      Counts before = stage.store.snapshot();
      Forked forked = cold.fork(new ForkRequest(volume, positions.get(at), child));
      Counts cost = stage.store.snapshot().minus(before);
      mostWrites = Math.max(mostWrites, cost.writes());
      mostReads = Math.max(mostReads, cost.reads());
      mostBytes = Math.max(mostBytes, cost.bytesWritten());
      Graft graft = Stage.changes(cold, child, forked.start(), new Until.Head(), true);
      assertThat(graft.upto()).isEqualTo(forked.start());
    }
    System.out.printf(
        "fork: <= %d writes, %d reads, %d bytes written%n", mostWrites, mostReads, mostBytes);
    assertThat(mostWrites).isLessThanOrEqualTo(6);
    assertThat(mostReads).isLessThanOrEqualTo(80);
  }

  @Test
  void poll_nothingNew_isOneGetAndNoListing() {
    stage.changes(volume, positions.getLast());
    Counts before = stage.store.snapshot();
    Graft graft = stage.changes(volume, positions.getLast());
    Counts cost = stage.store.snapshot().minus(before);
    assertThat(graft.upto()).isEqualTo(positions.getLast());
    assertThat(cost.gets()).isEqualTo(1);
    assertThat(cost.lists()).isZero();
  }

  @Test
  void poll_ofAnEngineThatKnowsNothing_doesNotList() {
    EngineRemote cold = stage.newEngine();
    Counts before = stage.store.snapshot();
    Stage.changes(cold, volume, positions.getLast(), new Until.Head(), false);
    Counts cost = stage.store.snapshot().minus(before);
    assertThat(cost.gets()).isEqualTo(2);
    assertThat(cost.lists()).isZero();
  }

  @Test
  void find_byTime_takesFewReads() {
    Counts before = stage.store.snapshot();
    EngineRemote cold = stage.newEngine();
    Graft graft =
        Stage.changes(
            cold, volume, null, new Until.AtTime(stage.clock.instant().minusMillis(1)), false);
    assertThat(graft.upto()).isEqualTo(positions.getFirst());
    assertThat(stage.store.snapshot().minus(before).reads()).isLessThanOrEqualTo(80);
  }

  private record Measured(Graft graft, Counts counts, int rounds) {}

  private record Engine(EarlierStore store, Lockstep lockstep, EngineRemote remote) {}

  /** An engine that sees the store as it was when a commit was the head. */
  private Engine newLockstep(int head) {
    EarlierStore earlier = new EarlierStore(stage.store, volume, head);
    Lockstep lockstep = new Lockstep(earlier, stage.clock);
    EngineOptions options = EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF);
    return new Engine(
        earlier,
        lockstep,
        new EngineRemote(lockstep, lockstep, lockstep, stage.ids, new Random(3), options));
  }

  private Measured measure(Engine engine, int since, int upto, boolean open) {
    Counts before = stage.store.snapshot();
    int rounds = engine.lockstep.rounds();
    Graft graft =
        Stage.changes(
            engine.remote,
            volume,
            since == 0 ? null : positions.get(since),
            new Until.Head(),
            open);
    assertThat(graft.upto()).isEqualTo(positions.get(upto));
    return new Measured(
        graft, stage.store.snapshot().minus(before), engine.lockstep.rounds() - rounds);
  }

  /** How many range reads bring every page that changed. */
  private int ranges(int since, int upto) {
    Graft graft =
        Stage.changes(
            stage.engine, volume, positions.get(since), new Until.AtLsn(new Lsn(upto)), false);
    return ByteRange.join(frames(graft.root())).size();
  }

  private Set<FrameRef> frames(Root root) {
    Set<FrameRef> frames = new LinkedHashSet<>();
    Oracle.Source source = new Oracle.Source(stage.engine);
    for (List<LeafLayer> layers : root.windows().values()) {
      for (LeafLayer layer : layers) {
        Leaf leaf =
            switch (layer.place()) {
              case LeafPlace.Inline(Leaf here) -> here;
              case LeafPlace.InFrame place -> source.leaf(place);
            };
        for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
          frames.add(leaf.frame(ordinal));
        }
      }
    }
    return frames;
  }
}
