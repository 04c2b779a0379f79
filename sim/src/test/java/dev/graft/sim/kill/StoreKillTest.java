package dev.graft.sim.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.engine.EngineRemote;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.LogPage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes, each with an engine of its own, commit to one volume in a folder, and are
 * killed with SIGKILL at random instants. What was acknowledged is in the log once and where it was
 * said to be; the log has no gap; what nobody tried is not in it; pages are those of the last
 * transaction that wrote them.
 *
 * <p>{@code -Dgraft.store.kills=200} for more, {@code -Dgraft.store.kills.seed} for others.
 */
class StoreKillTest {
  private static final int KILLS = Integer.getInteger("graft.store.kills", 6);
  private static final long SEED = Long.getLong("graft.store.kills.seed", 20_261_121);
  private static final int WRITERS = 3;
  private static final int MOST_COMMITS_A_LIFE = 30;
  private static final int MOST_COMMITS_READ = 1_000;

  @TempDir private Path folder = Path.of("not set");

  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
  private final Set<String> tried = ConcurrentHashMap.newKeySet();

  @Test
  void kill_writersOfOneFolder_losesNothingAcknowledged() throws Exception {
    System.out.println("store kill trial: " + KILLS + " kills, seed " + SEED);
    VolumeId volume = new RandomIdSource(new SplittableRandom(SEED)).newVolumeId();
    Path store = folder.resolve("store");
    try (EngineRemote engine = KillWriter.engine(store)) {
      engine.createVolume(new CreateVolume(volume, KillWriter.PAGE_SIZE));
    }
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      int lives = KILLS / WRITERS + (writer < KILLS % WRITERS ? 1 : 0);
      SplittableRandom random = new SplittableRandom(SEED + writer);
      String name = "w" + writer;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int life = 1; life <= lives; life++) {
                    live(store, volume, name + "." + life, random);
                  }
                } catch (Exception | AssertionError e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    judge(store, volume);
  }

  /** One process, from its start to its kill. */
  private void live(Path store, VolumeId volume, String name, SplittableRandom random)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                KillWriter.class.getName(),
                store.toString(),
                volume.toString(),
                name)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int left = 1 + random.nextInt(MOST_COMMITS_A_LIFE);
    long nanos = random.nextLong(TimeUnit.MILLISECONDS.toNanos(8));
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        if (words[0].equals("TRY")) {
          tried.add(words[1]);
          if (--left == 0) {
            // Somewhere in the middle of that one, or of one that follows it.
            LockSupport.parkNanos(nanos);
            process.toHandle().destroyForcibly();
          }
        } else {
          acknowledged.put(words[1], Long.parseUnsignedLong(words[2]));
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).as(name + " was killed and did not end by itself").isEqualTo(137);
  }

  private void judge(Path store, VolumeId volume) {
    try (EngineRemote engine = KillWriter.engine(store)) {
      Map<String, Long> landed = new HashMap<>();
      Map<Long, String> lastWriter = new HashMap<>();
      long expected = 1;
      for (LogPage.Entry entry : log(engine, volume)) {
        assertThat(entry.position().lsn().value()).as("no gap").isEqualTo(expected++);
        for (TransactionRecord transaction : entry.transactions()) {
          String name = transaction.message();
          assertThat(landed.put(name, entry.position().lsn().value())).as(name + " twice").isNull();
          for (long page : KillWriter.pages(name)) {
            lastWriter.put(page, name);
          }
        }
      }
      System.out.println(
          "store kill trial: " + landed.size() + " commits, " + acknowledged.size() + " told");
      assertThat(landed).containsAllEntriesOf(acknowledged);
      Set<String> untried = new HashSet<>(landed.keySet());
      untried.removeAll(tried);
      assertThat(untried).isEmpty();
      // Each process may have landed one more than it could say.
      assertThat(landed.size()).isBetween(acknowledged.size(), acknowledged.size() + KILLS);
      assertThat(acknowledged).hasSizeGreaterThan(KILLS);
      pages(engine, volume, lastWriter);
    }
  }

  private static List<LogPage.Entry> log(EngineRemote engine, VolumeId volume) {
    List<LogPage.Entry> all = new ArrayList<>();
    LogPage page = engine.log(volume, null, MOST_COMMITS_READ);
    while (!page.commits().isEmpty()) {
      all.addAll(page.commits());
      long oldest = all.getLast().position().lsn().value();
      if (oldest == 1) {
        break;
      }
      page = engine.log(volume, new Lsn(oldest - 1), MOST_COMMITS_READ);
    }
    return all.reversed();
  }

  private static void pages(EngineRemote engine, VolumeId volume, Map<Long, String> lastWriter) {
    try (Replica replica = Replica.open(KillWriter.options(engine, volume));
        Snapshot snapshot = replica.snapshot()) {
      byte[] bytes = new byte[KillWriter.PAGE_SIZE.bytes()];
      lastWriter.forEach((page, name) -> {
        snapshot.read(page, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
        assertThat(bytes).as("page " + page).isEqualTo(KillWriter.content(name, page));
      });
    }
  }
}
