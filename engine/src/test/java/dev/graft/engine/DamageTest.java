package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.wire.WireWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Damaged, missing and newer objects: one clear sentence, and nothing is lost. */
class DamageTest {
  private static final EngineOptions INLINE =
      EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE);

  private Stage stage = new Stage(8, INLINE);
  private VolumeId volume = stage.newVolume();
  private Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));

  @BeforeEach
  void write() {
    stage = new Stage(8, INLINE);
    volume = stage.newVolume();
    oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
    for (int i = 0; i < 1_030; i++) {
      Writes writes = Writes.of(80, i == 0 ? 0 : 80, 1 + i % 70, Writes.page(Stage.PAGE_SIZE, i));
      if (i % 70 == 0) {
        writes.hot.put(1L, true);
      }
      HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
    }
  }

  @Test
  void open_anyDamagedObject_saysWhichAndNothingIsLost() {
    List<ObjectKey> damaged = new ArrayList<>();
    for (ObjectKey key : objects()) {
      byte[] whole = stage.object(key);
      for (int at :
          new int[] {0, 5, whole.length / 2, whole.length - 1, Math.min(60, whole.length - 2)}) {
        byte[] bytes = whole.clone();
        bytes[at] ^= 8;
        stage.replace(key, bytes);
        try {
          open();
        } catch (GraftException.Corrupt e) {
          assertThat(e.getMessage()).as("%s at %d", key, at).contains(key.value());
          assertThat(e.getMessage()).contains("byte").doesNotContain("\n");
          damaged.add(key);
        } catch (GraftException.Misuse e) {
          // Byte 5 is the format version.
          assertThat(e.getMessage()).contains("version").contains("newer release");
        }
      }
      stage.replace(key, Arrays.copyOf(whole, whole.length - 1));
      boolean cut = false;
      try {
        open();
      } catch (GraftException.Corrupt e) {
        assertThat(e.getMessage()).contains(key.value());
        cut = true;
      }
      // Of a segment an open reads single frames, so its end is not looked at.
      if (!key.value().contains("/segments/")) {
        assertThat(cut).as("%s without its last byte", key).isEqualTo(damaged.contains(key));
      }
      stage.replace(key, whole);
      oracle.check("repaired", open(), 0, 1_030, stage.newEngine());
    }
    for (String kind : List.of("/volume", "/log/", "/state/", "/checkpoints/", "/segments/")) {
      assertThat(damaged).as(kind).anyMatch(key -> key.value().contains(kind));
    }
  }

  @Test
  void changesSince_damagedRollup_saysWhich() {
    ObjectKey key = Keys.rollup(volume, 0, new Block(1, 1));
    byte[] bytes = stage.object(key);
    bytes[bytes.length / 2] ^= 1;
    stage.replace(key, bytes);
    assertThatThrownBy(() ->
            Stage.changes(
                stage.newEngine(),
                volume,
                oracle.position(32),
                new Until.AtLsn(new Lsn(64)),
                false))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining(key.value());
  }

  @Test
  void rollUp_damagedFrame_isNotPackedOn() {
    Stage other = new Stage(9, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF));
    VolumeId of = other.newVolume();
    Oracle history = new Oracle(Stage.PAGE_SIZE, other.start(of));
    for (int i = 0; i < 32; i++) {
      Writes writes = Writes.of(80, i == 0 ? 0 : 80, i + 1, Writes.page(Stage.PAGE_SIZE, i));
      HistoryModelTest.apply(other, of, history, writes, false);
    }
    ObjectKey key = Keys.commit(of, new Lsn(7));
    byte[] bytes = other.object(key);
    bytes[bytes.length - 9] ^= 1;
    other.replace(key, bytes);
    EngineRemote reader = other.newEngine(INLINE);
    Stage.changes(reader, of, null, new Until.Head(), false);
    assertThat(reader.upkeepFailures()).isEqualTo(1);
    assertThat(reader.lastUpkeepFailure())
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("(commit 7)");
    assertThat(other.memory.get(Keys.rollup(of, 0, new Block(1, 0)), 0, 1))
        .isInstanceOf(GetOutcome.Missing.class);
  }

  @Test
  void changesSince_commitMissing_saysWhich() {
    stage.memory.delete(Keys.commit(volume, new Lsn(1_027)));
    assertThatThrownBy(this::open)
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("(commit 1027) is missing");
  }

  @Test
  void anything_ofAnUnknownVolume_saysSo() {
    VolumeId unknown = stage.ids.newVolumeId();
    List<ThrowingCallable> calls =
        List.of(
            () -> stage.engine.volume(unknown),
            () -> Stage.changes(stage.engine, unknown, null, new Until.Head(), true),
            () -> Stage.changes(stage.engine, unknown, oracle.position(3), new Until.Head(), false),
            () -> stage.engine.log(unknown, null, 10));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isInstanceOf(GraftException.NotFound.class)
          .hasMessage("no volume " + unknown + " in this store");
    }
  }

  @Test
  void anything_ofANewerFormatVersion_asksForANewerRelease() {
    for (ObjectKey key : List.of(Keys.volume(volume), Keys.commit(volume, new Lsn(1_030)))) {
      byte[] whole = stage.object(key);
      byte[] newer = whole.clone();
      newer[5] = 2;
      int sealed = key.equals(Keys.volume(volume)) ? newer.length : headerBytes(newer);
      byte[] resealed =
          new WireWriter(sealed).bytes(newer, 0, sealed - WireWriter.SEAL_BYTES).seal().toBytes();
      System.arraycopy(resealed, 0, newer, 0, sealed);
      stage.replace(key, newer);
      assertThatThrownBy(this::open)
          .isInstanceOf(GraftException.Misuse.class)
          .hasMessageContaining("version 2")
          .hasMessageContaining("newer release");
      stage.replace(key, whole);
    }
  }

  @Test
  void createVolume_again_isTheSameVolume() {
    VolumeId fresh = stage.ids.newVolumeId();
    VolumeInfo first = stage.engine.createVolume(new CreateVolume(fresh, Stage.PAGE_SIZE));
    stage.clock.advance(Duration.ofDays(1));
    VolumeInfo again = stage.newEngine().createVolume(new CreateVolume(fresh, Stage.PAGE_SIZE));
    assertThat(again).isEqualTo(first);
    assertThat(stage.newEngine().volume(fresh)).isEqualTo(first);
    assertThatThrownBy(() -> stage.engine.createVolume(new CreateVolume(fresh, new PageSize(1024))))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("is taken by another volume");
  }

  @Test
  void createVolume_answersLost_isMadeOnce() {
    VolumeId fresh = stage.ids.newVolumeId();
    stage.faulty.plan(
        fresh.toString(),
        FaultyObjectStore.Fault.ANSWER_LOST,
        FaultyObjectStore.Fault.REQUEST_LOST);
    stage.engine.createVolume(new CreateVolume(fresh, Stage.PAGE_SIZE));
    assertThat(Stage.changes(stage.engine, fresh, null, new Until.Head(), true).upto().lsn())
        .isEqualTo(Lsn.ZERO);
  }

  private static int headerBytes(byte[] commit) {
    return (commit[6] & 0xFF) << 8 | commit[7] & 0xFF;
  }

  private Graft open() {
    return Stage.changes(stage.newEngine(), volume, null, new Until.Head(), true);
  }

  /** All objects but commits and rollups: of these only commits after the checkpoint. */
  private List<ObjectKey> objects() {
    List<ObjectKey> keys = new ArrayList<>(List.of(Keys.volume(volume)));
    for (String prefix : List.of("state/", "checkpoints/", "segments/")) {
      keys.addAll(stage.memory.list("volumes/" + volume + "/" + prefix, "", 1_000));
    }
    for (long lsn = 1_025; lsn <= 1_030; lsn++) {
      keys.add(Keys.commit(volume, new Lsn(lsn)));
    }
    return keys;
  }
}
