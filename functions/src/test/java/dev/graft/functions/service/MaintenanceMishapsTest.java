package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.Doctor;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.UpkeepTask;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.functions.InvocationContext;
import dev.graft.functions.MaintenanceFunction;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.RetainRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Maintenance whose writes are cut or lost, each of them once in each way, and whose events come
 * again, as Lambda brings them: what is to be made is made once and is sound, at most one pack lies
 * about that nobody names, and a further event changes nothing.
 */
class MaintenanceMishapsTest {
  private static final long SEED = 20261126L;
  private static final int COMMITS = 70;
  private static final int FLOOR = 32;

  /** Lambda tries an event three times. */
  private static final int TRIES = 3;

  private final Bench bench = new Bench(SEED);
  private final VolumeId volume = bench.newVolume();

  /** One world that a mishap happens in, with all that was in the template. */
  private final class World {
    final MemoryObjectStore memory = new MemoryObjectStore(bench.clock);
    final MishapStore store = new MishapStore();
    private int tries;

    World(TreeMap<String, byte[]> template) {
      store.over(memory);
      template.forEach((key, bytes) -> memory.putIfAbsent(new ObjectKey(key), bytes, Instant.MAX));
    }

    /** An instance that knows nothing. */
    EngineRemote engine() {
      return new EngineRemote(
          store,
          store,
          new Hasty(bench.clock),
          new RandomIdSource(new Random(SEED + tries)),
          new Random(SEED + 2),
          EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF));
    }

    /** Whether the event is done; when not, Lambda brings it again. */
    boolean deliver(byte[] event) throws IOException {
      tries++;
      try (EngineRemote engine = engine()) {
        new MaintenanceFunction(engine, again -> {}, line -> {})
            .handleRequest(
                new ByteArrayInputStream(event),
                new ByteArrayOutputStream(),
                new InvocationContext("test", "maintenance", "r", 900_000, _ -> {}));
        return true;
      } catch (IllegalStateException | GraftException.Unavailable failed) {
        return false;
      }
    }

    void deliverAsLambdaDoes(byte[] event) throws IOException {
      int tried = 1;
      while (!deliver(event)) {
        assertThat(++tried).isLessThanOrEqualTo(TRIES);
      }
    }

    TreeSet<String> keys(String kind) {
      TreeSet<String> keys = new TreeSet<>();
      memory
          .list("volumes/" + volume + "/" + kind, "", 1_000)
          .forEach(key -> keys.add(key.value()));
      return keys;
    }

    Doctor.Report report() {
      return new Doctor(memory, memory, new Hasty(bench.clock))
          .examine(volume, true, (done, total) -> {});
    }
  }

  /** A volume with commits and no rollup, some of which are below the floor and not trimmed. */
  private TreeMap<String, byte[]> template() {
    EngineRemote off =
        new EngineRemote(
            bench.memory,
            bench.memory,
            new Hasty(bench.clock),
            bench.ids,
            new Random(SEED + 1),
            EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF));
    Position head = bench.start(volume);
    for (int i = 0; i < COMMITS; i++) {
      head =
          ((CommitOutcome.Committed) off.commit(bench.commit(volume, head, 1 + i % 8))).position();
    }
    TreeMap<String, byte[]> all = objects();
    bench.clock.advance(Duration.ofDays(9));
    // It removes commits itself: they are put back, as if it had been cut before it did.
    off.retain(new RetainRequest(volume, new RetainRequest.Change.FloorAt(new Lsn(FLOOR))));
    off.close();
    bench.clock.advance(Duration.ofDays(2));
    all.putAll(objects());
    return all;
  }

  private TreeMap<String, byte[]> objects() {
    TreeMap<String, byte[]> all = new TreeMap<>();
    for (ObjectKey key : bench.memory.list("", "", 1_000)) {
      all.put(key.value(), ((GetOutcome.Found) bench.memory.get(key, 0, 64 << 20)).bytes());
    }
    return all;
  }

  private List<byte[]> events() {
    return List.of(
        MaintenanceFunction.event(new UpkeepTask.AfterCommit(volume, new Lsn(64))),
        MaintenanceFunction.event(
            new UpkeepTask.Fill(volume, List.of(new UpkeepTask.Span(new Lsn(33), new Lsn(64))))),
        MaintenanceFunction.event(new UpkeepTask.Trim(volume)),
        MaintenanceFunction.sweep());
  }

  @ParameterizedTest
  @EnumSource
  void events_whoseWritesMeetAMishap_areDoneOnce(MishapStore.Kind kind) throws IOException {
    TreeMap<String, byte[]> template = template();
    int mishaps = 0;
    for (byte[] event : events()) {
      World plain = new World(template);
      plain.deliverAsLambdaDoes(event);
      assertThat(plain.report().findings()).isEmpty();
      int unnamed = plain.report().unnamed().size();
      for (int write = 0; ; write++) {
        World world = new World(template);
        world.store.strike(kind, write);
        world.deliverAsLambdaDoes(event);
        if (world.store.left() > 0) {
          // It has no further write.
          break;
        }
        mishaps++;
        // An answer that is lost may leave it at what is there: a sweep or reader makes the rest.
        world.deliverAsLambdaDoes(event);
        String what = new String(event, java.nio.charset.StandardCharsets.UTF_8);
        for (String made : new String[] {"derived/", "log/", "state/"}) {
          assertThat(world.keys(made))
              .as("%s at write %d", what, write)
              .isEqualTo(plain.keys(made));
        }
        Doctor.Report report = world.report();
        assertThat(report.findings()).as("%s at write %d", what, write).isEmpty();
        assertThat(report.unnamed().size() - unnamed).as(what).isBetween(0, 1);
        TreeSet<String> all = world.keys("");
        world.deliverAsLambdaDoes(event);
        world.deliverAsLambdaDoes(event);
        assertThat(world.keys("")).as("%s once more", what).isEqualTo(all);
      }
    }
    // A pack and a rollup, each by three of the four events.
    assertThat(mishaps).isGreaterThanOrEqualTo(6);
  }

  @Test
  void trim_cutAtADeletion_isFinishedByTheNextOne() throws IOException {
    TreeMap<String, byte[]> template = template();
    byte[] event = MaintenanceFunction.event(new UpkeepTask.Trim(volume));
    World plain = new World(template);
    plain.deliverAsLambdaDoes(event);
    World world = new World(template);
    world.store.failDelete();
    assertThat(world.deliver(event)).isFalse();
    assertThat(world.keys("log/")).isNotEqualTo(plain.keys("log/"));
    assertThat(world.report().findings()).isEmpty();
    world.deliverAsLambdaDoes(event);
    assertThat(world.keys("")).isEqualTo(plain.keys("")).hasSizeLessThan(template.size());
    assertThat(world.report().findings()).isEmpty();
  }
}
