package dev.graft.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.UpkeepTask;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Events of the maintenance function, and what is done for them. */
class MaintenanceTest {
  private final RandomIdSource ids = new RandomIdSource(new Random(3));
  private final MemoryObjectStore store = new MemoryObjectStore(InstantSource.system());
  private final EngineRemote engine =
      new EngineRemote(
          store,
          store,
          new ThreadConcurrency(InstantSource.system()),
          ids,
          new Random(4),
          EngineOptions.DEFAULT);
  private final List<String> lines = new ArrayList<>();
  private final List<byte[]> again = new ArrayList<>();
  private final Maintenance maintenance = new Maintenance(engine, lines::add, null);

  private VolumeId newVolume() {
    VolumeId volume = ids.newVolumeId();
    engine.createVolume(new CreateVolume(volume, new PageSize(512)));
    return volume;
  }

  @Test
  void events_writtenAndRead_areTheSame() {
    VolumeId volume = ids.newVolumeId();
    List<MaintenanceEvents.Event> events =
        List.of(
            new MaintenanceEvents.SweepAll(null),
            new MaintenanceEvents.SweepAll(volume),
            new MaintenanceEvents.BringToEdge(),
            new MaintenanceEvents.Task(new UpkeepTask.Trim(volume)),
            new MaintenanceEvents.Task(new UpkeepTask.AfterCommit(volume, new Lsn(1024))),
            new MaintenanceEvents.Task(
                new UpkeepTask.Fill(
                    volume,
                    List.of(
                        new UpkeepTask.Span(new Lsn(1), new Lsn(32)),
                        new UpkeepTask.Span(new Lsn(1), new Lsn(1024))))));
    for (MaintenanceEvents.Event event : events) {
      assertThat(MaintenanceEvents.decode(MaintenanceEvents.encode(event))).isEqualTo(event);
    }
  }

  @Test
  void events_ofASchedule_beginASweep() {
    assertThat(MaintenanceEvents.decode("{\"sweep\":true}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(new MaintenanceEvents.SweepAll(null));
    assertThatThrownBy(
            () -> MaintenanceEvents.decode("{\"sweep\":false}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void events_garbage_isMisuseAndNothingElse() {
    long seed = 8;
    Random random = new Random(seed);
    VolumeId volume = ids.newVolumeId();
    byte[] good =
        MaintenanceEvents.encode(
            new MaintenanceEvents.Task(
                new UpkeepTask.Fill(
                    volume, List.of(new UpkeepTask.Span(new Lsn(33), new Lsn(64))))));
    int refused = 0;
    for (int round = 0; round < 3_000; round++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      try {
        MaintenanceEvents.decode(bad);
      } catch (GraftException.Misuse e) {
        refused++;
      }
    }
    assertThat(refused).as("seed " + seed).isGreaterThan(2_000);
    for (String event :
        List.of(
            "",
            "{}",
            "[]",
            "{\"task\":\"trim\"}",
            "{\"task\":5}",
            "{\"task\":\"fill\",\"volume\":\"" + volume + "\",\"blocks\":[]}",
            "{\"task\":\"fill\",\"volume\":\"" + volume + "\",\"blocks\":[[\"1\",\"31\"]]}",
            "{\"task\":\"after-commit\",\"volume\":\"" + volume + "\",\"lsn\":\"x\"}")) {
      assertThatThrownBy(() -> MaintenanceEvents.decode(event.getBytes(StandardCharsets.UTF_8)))
          .as(event)
          .isInstanceOf(GraftException.Misuse.class);
    }
  }

  /** What no handler can read: nothing is asked of the store, and nothing is thrown. */
  @Test
  void invocations_garbage_areAnsweredAndDoNothing() throws IOException {
    long seed = 9;
    Random noise = new Random(seed);
    VolumeId volume = newVolume();
    int objects = store.list("", "", 1_000).size();
    MaintenanceFunction function = new MaintenanceFunction(engine, again::add, lines::add);
    List<byte[]> events = new ArrayList<>();
    for (int round = 0; round < 12; round++) {
      byte[] event = new byte[noise.nextInt(200)];
      noise.nextBytes(event);
      events.add(event);
    }
    events.add(new byte[1 << 20]);
    for (String event :
        List.of(
            "{\"task\":\"erase\",\"volume\":\"" + volume + "\"}",
            "{\"task\":\"trim\",\"volume\":\"../" + volume + "\"}",
            "{\"task\":\"trim\",\"volume\":\"" + volume + "/\"}",
            "{\"task\":\"trim\",\"volume\":[]}",
            "{\"task\":\"sweep\",\"after\":\"x\"}",
            "{\"task\":\"after-commit\",\"volume\":\"" + volume + "\",\"lsn\":32}",
            "{\"task\":\"fill\",\"volume\":\""
                + volume
                + "\",\"blocks\":["
                + "[\"1\",\"32\"],".repeat(3_000)
                + "[\"1\",\"32\"]]}",
            "{\"task\":" + "[".repeat(60_000),
            "{\"a\":" + "{\"a\":".repeat(2_000))) {
      events.add(event.getBytes(StandardCharsets.UTF_8));
    }
    for (byte[] event : events) {
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      function.handleRequest(
          new ByteArrayInputStream(event),
          answer,
          new InvocationContext("test", "maintenance", "r", 900_000, _ -> {}));
      assertThat(answer.toString(StandardCharsets.UTF_8))
          .as("seed %d", seed)
          .isEqualTo("{\"done\":false}");
    }
    assertThat(store.list("", "", 1_000)).hasSize(objects);
    assertThat(lines).isEmpty();
    assertThat(again).isEmpty();
  }

  @Test
  void sweep_allVolumes_tellsOfEachAndGoesOnWhenTimeIsShort() {
    for (int i = 0; i < 5; i++) {
      newVolume();
    }
    VolumeId deleted = newVolume();
    engine.delete(deleted);
    maintenance.handle(new MaintenanceEvents.SweepAll(null), () -> 900_000, again::add);
    assertThat(lines).hasSize(6).allMatch(line -> line.contains("\"what\":\"sweep\""));
    assertThat(again).isEmpty();
    lines.clear();
    int[] left = {3};
    maintenance.handle(
        new MaintenanceEvents.SweepAll(null), () -> left[0]-- > 0 ? 900_000 : 10, again::add);
    assertThat(lines).hasSize(3);
    assertThat(again).hasSize(1);
    maintenance.handle(MaintenanceEvents.decode(again.getFirst()), () -> 900_000, again::add);
    assertThat(lines).hasSize(6).doesNotHaveDuplicates();
  }

  @Test
  void task_ofAVolumeThatIsNot_isToldAndNotRepeated() {
    maintenance.handle(
        new MaintenanceEvents.Task(new UpkeepTask.AfterCommit(ids.newVolumeId(), new Lsn(32))),
        () -> 900_000,
        again::add);
    assertThat(lines).singleElement().asString().contains("upkeep-failed");
  }
}
