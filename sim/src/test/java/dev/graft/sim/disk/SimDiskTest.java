package dev.graft.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.Killed;
import dev.graft.sim.SimProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class SimDiskTest extends DiskContract {
  private static final int SEEDS = 60;
  private static final int SECTOR = 512;

  @Override
  void on(Trial trial) throws Exception {
    Machine machine = new Machine(1, FaultPlan.NONE);
    machine.play(() ->
        machine.process(root -> {
          trial.run(Files.createDirectory(root.resolve("folder")));
          return true;
        }));
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static ByteBuffer block(int value, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return ByteBuffer.wrap(bytes);
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** A file with one synced block, and two that are not: each block is one sector. */
  private static boolean blocks(Path root) throws IOException {
    try (FileChannel file = open(root.resolve("f"))) {
      file.write(block(1, SECTOR), 0);
      file.force(false);
      sync(root);
      file.write(block(2, SECTOR), SECTOR);
      file.write(block(3, SECTOR), 2 * SECTOR);
    }
    return true;
  }

  /** What is there of the blocks: "1", "12", "1 3", and so on. */
  private static String seen(Path root) throws IOException {
    StringBuilder seen = new StringBuilder();
    try (FileChannel file = open(root.resolve("f"))) {
      for (long at = 0; at < file.size(); at += SECTOR) {
        ByteBuffer one = ByteBuffer.allocate(1);
        file.read(one, at);
        seen.append(one.get(0) == 0 ? " " : Integer.toString(one.get(0)));
      }
    }
    return seen.toString();
  }

  private static Set<String> after(FaultPlan plan) throws Exception {
    Set<String> all = new HashSet<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      Machine machine = new Machine(seed, plan);
      all.add(
          machine.play(() -> {
            machine.process(SimDiskTest::blocks);
            return machine.process(SimDiskTest::seen);
          }));
    }
    return all;
  }

  @Test
  void kill_withoutPowerCut_losesNothing() throws Exception {
    assertThat(after(FaultPlan.NONE)).containsExactly("123");
  }

  @Test
  void kill_writesLost_losesTheNewestThatWereNotSynced() throws Exception {
    assertThat(after(FaultPlan.NONE.with(Fault.WRITES_LOST, 1)))
        .containsExactlyInAnyOrder("1", "12");
  }

  @Test
  void kill_writesReordered_losesOlderAndKeepsNewer() throws Exception {
    assertThat(after(FaultPlan.NONE.with(Fault.WRITES_REORDERED, 1))).containsExactly("1 3");
  }

  @Test
  void kill_writeTorn_keepsWholeSectorsOfIt() throws Exception {
    FaultPlan plan = FaultPlan.NONE.with(Fault.WRITE_TORN, 1);
    Set<String> all = new HashSet<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      Machine machine = new Machine(seed, plan);
      all.add(
          machine.play(() -> {
            machine.process(root -> {
              try (FileChannel file = open(root.resolve("f"))) {
                sync(root);
                file.write(block(7, 3 * SECTOR), 0);
              }
              return true;
            });
            return machine.process(SimDiskTest::seen);
          }));
      assertThat(machine.hits.of(Fault.WRITE_TORN)).isPositive();
    }
    assertThat(all).contains("7", "77", " 7", "7 7").doesNotContain("777", "");
  }

  @Test
  void kill_nameNotSynced_losesTheFileThoughItsContentWas() throws Exception {
    Set<Boolean> there = new HashSet<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      Machine machine = new Machine(seed, FaultPlan.NONE.with(Fault.WRITES_LOST, 1));
      there.add(
          machine.play(() -> {
            machine.process(root -> {
              try (FileChannel file = open(root.resolve("f"))) {
                file.write(block(1, 10), 0);
                file.force(false);
              }
              return true;
            });
            return machine.process(root -> Files.exists(root.resolve("f")));
          }));
    }
    assertThat(there).containsExactly(false);
  }

  @Test
  void anyStep_processDies_endsItBeforeAmidOrAfterAndTheNextGoesOn() throws Exception {
    Set<Long> sizes = new HashSet<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      Machine machine = new Machine(seed, FaultPlan.NONE.with(Fault.CLIENT_KILLED, 0.3));
      sizes.add(
          machine.play(() -> {
            boolean died =
                machine.dies(root -> {
                  for (int i = 0; i < 20; i++) {
                    try (FileChannel file = open(root.resolve("f"))) {
                      file.write(block(1, 100), 100L * i);
                    }
                  }
                  return true;
                });
            assertThat(died).isTrue();
            assertThat(machine.hits.of(Fault.CLIENT_KILLED)).isEqualTo(1);
            return machine.process(
                root -> Files.exists(root.resolve("f")) ? Files.size(root.resolve("f")) : -1);
          }));
    }
    assertThat(sizes).contains(-1L, 0L).anyMatch(size -> size > 0 && size % 100 != 0);
  }

  @Test
  void deadProcess_anyStep_isRefusedAndChangesNothing() throws Exception {
    Machine machine = new Machine(1, FaultPlan.NONE);
    machine.play(() -> {
      Path[] kept = new Path[1];
      FileChannel[] file = new FileChannel[1];
      machine.process(root -> {
        kept[0] = root;
        file[0] = open(root.resolve("f"));
        assertThat(file[0].tryLock()).isNotNull();
        return true;
      });
      assertThatExceptionOfType(Killed.class).isThrownBy(() -> file[0].write(block(1, 1), 0));
      assertThatExceptionOfType(Killed.class).isThrownBy(() -> file[0].force(true));
      assertThatExceptionOfType(Killed.class).isThrownBy(() -> open(kept[0].resolve("g")));
      return machine.process(root -> {
        try (FileChannel other = open(root.resolve("f"))) {
          assertThat(other.tryLock()).isNotNull();
          assertThat(other.size()).isZero();
        }
        return true;
      });
    });
  }

  @Test
  void diskFull_writes_areCutOrRefusedForAWhile() throws Exception {
    Machine machine = new Machine(3, FaultPlan.NONE.with(Fault.DISK_FULL, 1));
    machine.play(() ->
        machine.process(root -> {
          int refused = 0;
          int cut = 0;
          try (FileChannel file = open(root.resolve("f"))) {
            for (int i = 0; i < 100; i++) {
              try {
                cut += file.write(block(1, 400), file.size()) < 400 ? 1 : 0;
              } catch (IOException e) {
                assertThat(e).hasMessageContaining("No space left");
                refused++;
              }
            }
          }
          assertThat(refused).isPositive();
          assertThat(cut).isPositive();
          assertThat(machine.hits.of(Fault.DISK_FULL)).isEqualTo(refused + cut);
          return true;
        }));
  }

  @Test
  void process_killedWhileItWaits_isWokenAndEnds() throws Exception {
    Machine machine = new Machine(1, FaultPlan.NONE);
    machine.play(() -> {
      SimProcess process = new SimProcess(machine.sim, "p");
      var never = process.promise("never");
      var waiting =
          process.fork(
              "waits",
              () -> {
                process.awaitAll(List.of(never.task()));
                return true;
              });
      machine.sim.pause(Duration.ofSeconds(1));
      process.kill();
      machine.sim.awaitAll(List.of(waiting));
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(waiting::result)
          .withCauseInstanceOf(Killed.class);
      return true;
    });
  }
}
