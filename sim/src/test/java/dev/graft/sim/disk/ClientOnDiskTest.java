package dev.graft.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.folder.FolderLock;
import dev.graft.client.folder.FolderSync;
import dev.graft.client.folder.RecordLog;
import dev.graft.client.local.FolderDisk;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the client's files are after the power went. */
class ClientOnDiskTest {
  private static final int SEEDS = 80;
  private static final int MAX = 10_000;

  private static FaultPlan cut(Fault how) {
    return FaultPlan.NONE.with(how, 1);
  }

  private static byte[] record(String name) {
    // More than a sector, so that it can be torn.
    return (name + " ".repeat(900)).getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> names(Path file) {
    List<String> names = new ArrayList<>();
    RecordLog.open(
            file,
            MAX,
            RecordLog.OnDamage.REFUSE,
            bytes -> names.add(new String(bytes, StandardCharsets.UTF_8).strip()))
        .close();
    return names;
  }

  /** Takes a folder as a replica does, and keeps a local record there. */
  private static boolean commit(Path root, String name) {
    Path folder = root.resolve("a").resolve("replica");
    try (FolderLock lock = FolderLock.take(folder)) {
      assertThat(lock).isNotNull();
      FolderDisk disk = FolderDisk.in(folder);
      try (var log = disk.open((payload, at) -> {})) {
        log.append(record(name));
        log.sync();
      }
    }
    return true;
  }

  private static List<String> committed(Path root) {
    List<String> names = new ArrayList<>();
    FolderDisk.in(root.resolve("a").resolve("replica"))
        .open((payload, at) -> names.add(new String(payload, StandardCharsets.UTF_8).strip()))
        .close();
    return names;
  }

  @Test
  void powerCut_afterALocalCommitInANewFolder_keepsTheFolder() throws Exception {
    for (Fault how : Fault.ofPowerCut()) {
      for (long seed = 1; seed <= SEEDS / 4; seed++) {
        Machine machine = new Machine(seed, cut(how));
        List<String> found =
            machine.play(() -> {
              machine.process(root -> commit(root, "one"));
              return machine.process(ClientOnDiskTest::committed);
            });
        assertThat(found).as("%s, seed %s", how, seed).containsExactly("one");
      }
    }
  }

  @Test
  void powerCut_afterACommitInAFolderThatAKilledProcessMade_keepsTheFolder() throws Exception {
    long lost = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      // The first process dies at some step, the second does its work, and then the power goes.
      FaultPlan plan = FaultPlan.NONE.with(Fault.CLIENT_KILLED, 0.15);
      Machine machine = new Machine(seed, plan.with(Fault.WRITES_LOST, 0.4));
      List<String> acknowledged = new ArrayList<>();
      List<String> found =
          machine.play(() -> {
            for (int i = 0; i < 6; i++) {
              String name = "r" + i;
              machine.dies(root -> {
                commit(root, name);
                return acknowledged.add(name);
              });
            }
            while (true) {
              List<String> last = new ArrayList<>();
              if (!machine.dies(root -> last.addAll(committed(root)))) {
                return last;
              }
            }
          });
      lost += machine.hits.of(Fault.WRITES_LOST);
      assertThat(found).as("seed %s", seed).containsAll(acknowledged);
    }
    assertThat(lost).isPositive();
  }

  @Test
  void powerCut_severalRecordsUnsynced_opensWithWhatWasSynced() throws Exception {
    for (Fault how : Fault.ofPowerCut()) {
      long hits = 0;
      for (long seed = 1; seed <= SEEDS; seed++) {
        Machine machine = new Machine(seed, cut(how));
        List<String> found =
            machine.play(() -> {
              machine.process(root -> {
                try (RecordLog log = log(root)) {
                  log.append(record("synced"));
                  log.sync();
                  FolderSync.sync(root);
                  for (int i = 1; i <= 4; i++) {
                    log.append(record("unsynced" + i));
                  }
                }
                return true;
              });
              return machine.process(root -> names(root.resolve("log")));
            });
        hits += machine.hits.of(how);
        assertThat(found).as("%s, seed %s", how, seed).startsWith("synced");
        assertThat(List.of("synced", "unsynced1", "unsynced2", "unsynced3", "unsynced4"))
            .startsWith(found.toArray(String[]::new));
      }
      assertThat(hits).as("%s", how).isGreaterThanOrEqualTo(SEEDS);
    }
  }

  private static RecordLog log(Path root) {
    return RecordLog.open(root.resolve("log"), MAX, RecordLog.OnDamage.REFUSE, bytes -> {});
  }

  @Test
  void open_recordThatAKilledProcessHadNotSynced_outlivesThePowerOnceItWasShown() throws Exception {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      FaultPlan plan = FaultPlan.NONE.with(Fault.WRITES_LOST, 0.5);
      Machine machine = new Machine(seed, plan);
      machine.play(() -> {
        List<String> shown = List.of();
        for (int i = 0; i < 5; i++) {
          String name = "r" + i;
          List<String> before = shown;
          boolean appends = random.nextBoolean();
          shown =
              machine.process(root -> {
                List<String> names = names(root.resolve("log"));
                FolderSync.sync(root);
                assertThat(names.subList(0, before.size())).isEqualTo(before);
                if (appends) {
                  try (RecordLog log = log(root)) {
                    log.append(record(name));
                  }
                }
                return names;
              });
        }
        return true;
      });
    }
  }

  @Test
  void sizeBytes_recordIsBeingWritten_doesNotCountItAsThereToBeSynced() throws Exception {
    List<Long> seen = new ArrayList<>();
    RecordLog[] log = new RecordLog[1];
    Machine machine =
        new Machine(
            1,
            FaultPlan.NONE,
            disk ->
                PassingDisk.watching(
                    disk,
                    () -> {
                      if (log[0] != null) {
                        seen.add(log[0].sizeBytes());
                      }
                    }));
    machine.play(() ->
        machine.process(root -> {
          log[0] = log(root);
          long before = log[0].sizeBytes();
          log[0].append(record("one"));
          assertThat(seen).containsExactly(before);
          assertThat(log[0].sizeBytes()).isGreaterThan(before);
          return true;
        }));
  }

  /** A disk that tells of writes before it does them. */
  private static final class PassingDisk {
    private PassingDisk() {}

    static Disk watching(Disk target, Runnable beforeWrite) {
      return (Disk)
          Proxy.newProxyInstance(
              Disk.class.getClassLoader(),
              new Class<?>[] {Disk.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("write")) {
                  beforeWrite.run();
                }
                try {
                  return method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause() == null ? new IOException(e) : e.getCause();
                }
              });
    }
  }
}
