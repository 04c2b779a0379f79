package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Checkpoint;
import dev.graft.protocol.log.Rollup;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.RetainRequest.Change;
import dev.graft.protocol.wire.WireWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Damage in every kind of object is found and named, and a sound volume has no findings. */
class DoctorTest {
  private static final List<String> KINDS =
      List.of("volume", "state/", "log/", "segments/", "derived/", "checkpoints/", "forks/");

  private Stage stage = new Stage(41);
  private VolumeId volume = stage.newVolume();
  private VolumeId child = volume;
  private Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
  private final Random random = new Random(6);

  @BeforeEach
  void write() {
    stage = new Stage(41, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
    volume = stage.newVolume();
    oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
    commits(70);
    stage.clock.advance(Duration.ofDays(8));
    commits(30);
    retain(new Change.Keep(new Lsn(20), true));
    retain(new Change.FloorAt(new Lsn(64)));
    child = stage.ids.newVolumeId();
    stage.engine.fork(new ForkRequest(volume, oracle.position(80), child));
  }

  private void commits(int count) {
    for (int i = 0; i < count; i++) {
      HistoryModelTest.commit(stage, volume, oracle, i % 7 == 3);
      stage.clock.advance(Duration.ofMinutes(1));
    }
  }

  private void retain(Change change) {
    stage.engine.retain(new RetainRequest(volume, change));
  }

  private Doctor.Report examine(VolumeId which, boolean deep) {
    return new Doctor(stage.store, stage.store, stage.concurrency)
        .examine(which, deep, (done, total) -> {});
  }

  private List<ObjectKey> objects(String kind) {
    String prefix = "volumes/" + volume + "/" + kind;
    return kind.endsWith("/")
        ? stage.memory.list(prefix, "", 1_000)
        : List.of(new ObjectKey(prefix));
  }

  @Test
  void examine_soundVolumes_findsNothingAndChangesNothing() {
    int puts = stage.faulty.puts().size();
    int deletes = stage.faulty.deleted().size();
    for (VolumeId which : List.of(volume, child)) {
      for (boolean deep : new boolean[] {false, true}) {
        Doctor.Report report = examine(which, deep);
        assertThat(report.findings()).isEmpty();
      }
    }
    Doctor.Report report = examine(volume, true);
    int all = KINDS.stream().mapToInt(kind -> objects(kind).size()).sum();
    assertThat(report.objects()).isEqualTo(all);
    // Rollups of what is given up: they wait to be removed, and are no finding.
    assertThat(report.unnamed()).anyMatch(key -> key.contains("/derived/"));
    assertThat(new Doctor(stage.store, stage.store, stage.concurrency).volumes())
        .containsExactlyInAnyOrder(volume, child);
    assertThat(stage.faulty.puts()).hasSize(puts);
    assertThat(stage.faulty.deleted()).hasSize(deletes);
  }

  @Test
  void examine_anyByteOfAnyObjectChanged_namesTheObject() {
    int damages = 0;
    for (String kind : KINDS) {
      List<ObjectKey> keys = objects(kind);
      assertThat(keys).as(kind).isNotEmpty();
      for (int i = 0; i < 12; i++) {
        ObjectKey key = keys.get(random.nextInt(keys.size()));
        byte[] whole = stage.object(key);
        int at = random.nextInt(whole.length);
        byte[] bytes = whole.clone();
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        stage.replace(key, bytes);
        Doctor.Report report = examine(volume, false);
        assertThat(report.findings())
            .as("%s, byte %d of %d", key, at, whole.length)
            .anyMatch(finding -> finding.object().equals(key.value()));
        stage.replace(key, whole);
        damages++;
      }
    }
    assertThat(damages).isEqualTo(12 * KINDS.size());
    assertThat(examine(volume, true).findings()).isEmpty();
  }

  @Test
  void examine_anObjectCutOrMissing_isNamed() {
    for (String kind : KINDS) {
      for (ObjectKey key : some(objects(kind))) {
        byte[] whole = stage.object(key);
        stage.replace(key, Arrays.copyOf(whole, whole.length - 1));
        assertThat(examine(volume, false).findings())
            .as("%s cut", key)
            .anyMatch(finding -> finding.object().equals(key.value()));
        stage.memory.delete(key);
        // A rollup, a pin or something that waits may be missing; nothing names it.
        boolean isNamed = !kind.equals("derived/") && !kind.equals("forks/") && !waits(key, whole);
        if (isNamed) {
          assertThat(examine(volume, false).findings())
              .as("%s missing", key)
              .anyMatch(finding -> finding.object().equals(key.value()));
        }
        stage.replace(key, whole);
      }
    }
  }

  private boolean waits(ObjectKey key, byte[] whole) {
    stage.replace(key, whole);
    boolean waits = examine(volume, false).unnamed().contains(key.value());
    boolean young = key.value().contains("/segments/");
    stage.memory.delete(key);
    return waits || (young && !isNamedByAMap(key, whole));
  }

  /** A segment that nothing names and that is too young to wait. */
  private boolean isNamedByAMap(ObjectKey key, byte[] whole) {
    stage.replace(key, whole);
    stage.clock.advance(Duration.ofDays(30));
    boolean waits = examine(volume, false).unnamed().contains(key.value());
    stage.memory.delete(key);
    return !waits;
  }

  private List<ObjectKey> some(List<ObjectKey> keys) {
    List<ObjectKey> some = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      some.add(keys.get(random.nextInt(keys.size())));
    }
    return some;
  }

  @Test
  void examine_commitsThatAreNoChain_saysWhere() {
    // Sound in itself, but on top of something else.
    ObjectKey key = Keys.commit(volume, new Lsn(90));
    byte[] whole = stage.object(key);
    byte[] resealed = withOtherParent(whole);
    stage.replace(key, resealed);
    List<Doctor.Finding> findings = examine(volume, false).findings();
    assertThat(findings)
        .anyMatch(finding ->
            finding.object().equals(key.value())
                && finding.problem().contains("commit 90 follows"));
    stage.memory.delete(key);
    assertThat(examine(volume, false).findings())
        .anyMatch(finding -> finding.problem().contains("commit 90 is missing"));
  }

  /** The same commit on top of another one, with a right checksum. */
  private static byte[] withOtherParent(byte[] commit) {
    int header = (commit[6] & 0xFF) << 8 | commit[7] & 0xFF;
    byte[] changed = commit.clone();
    int parentAt = 8 + 16 + 1 + 8 + 4 + 4;
    changed[parentAt] ^= 1;
    byte[] sealed =
        new WireWriter(header).bytes(changed, 0, header - WireWriter.SEAL_BYTES).seal().toBytes();
    System.arraycopy(sealed, 0, changed, 0, header);
    return changed;
  }

  @Test
  void examine_rollupThatSaysSomethingElse_isFoundDeeply() {
    ObjectKey key = Keys.rollup(volume, 0, new Block(1, 2));
    Rollup rollup = Rollup.decode(key.value(), volume, 0, 1, 2, stage.object(key));
    Root root = rollup.root();
    int window = root.windows().firstKey();
    // Sound in itself, but without the pages of a window.
    Rollup wrong =
        new Rollup(
            volume,
            0,
            1,
            2,
            rollup.first(),
            rollup.firstTime(),
            rollup.last(),
            rollup.lastTime(),
            root.withLeaf(window, List.of()).withHot(List.of()),
            rollup.pack());
    stage.replace(key, wrong.encode());
    assertThat(examine(volume, false).findings()).isEmpty();
    assertThat(examine(volume, true).findings())
        .anyMatch(finding ->
            finding.object().equals(key.value())
                && finding.problem().contains("is not as the commits say"));
  }

  @Test
  void examine_checkpointThatSaysSomethingElse_isFoundDeeply() {
    stage.clock.advance(Duration.ofDays(8));
    retain(new Change.Retention(Duration.ofDays(30)));
    // A checkpoint above the floor, which holds the map of another commit.
    StateRecord state = States.newest(stage, volume);
    var wrongId = stage.ids.newCheckpointId();
    var atFloor = state.checkpointAt(new Lsn(64)).orElseThrow();
    var floor =
        Checkpoint.decode(
            "c", volume, atFloor.id(), stage.object(Keys.checkpoint(volume, atFloor.id())));
    var wrong = new Checkpoint(volume, wrongId, oracle.position(90), floor.time(), floor.root());
    stage.replace(Keys.checkpoint(volume, wrongId), wrong.encode());
    StateRecord next =
        state
            .next(stage.clock.instant())
            .withCheckpoints(
                Checkpoints.added(
                    state.checkpoints(),
                    new StateRecord.KeptCheckpoint(wrongId, oracle.position(90))));
    stage.memory.putIfAbsent(Keys.state(volume, next.number()), next.encode(), Instant.MAX);
    assertThat(examine(volume, false).findings()).isEmpty();
    assertThat(examine(volume, true).findings())
        .anyMatch(finding -> finding.object().equals(Keys.checkpoint(volume, wrongId).value()));
  }
}
