package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.KillModel.Stream;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.LogPage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes that work on a replica's folder and are killed at random instants of every phase.
 * After each, whatever was acknowledged is there, every page is right, and nothing landed twice.
 *
 * <p>{@code -Dgraft.kills=300} for the full trial, {@code -Dgraft.kills.seed} for another one.
 */
final class KillTrialTest {
  private static final int KILLS = Integer.getInteger("graft.kills", 21);
  private static final long SEED = Long.getLong("graft.kills.seed", 20_261_121);

  /** Phases in which to kill, in turn. */
  private static final List<String> PHASES =
      List.of("open", "write", "commit", "pull", "evict", "local", "push");

  /** With so many kills every phase is hit, however short it is. */
  private static final int ENOUGH_FOR_ALL = 100;

  /** So many kills befall one folder before a new one is begun. */
  private static final int KILLS_A_FOLDER = 20;

  private static final long NANOS_AT_FIRST = 3_000_000;

  @TempDir Path root;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Map<String, Integer> killedIn = new TreeMap<>();

  /** How long phases take, about: so that kills fall everywhere in them. */
  private final Map<String, Long> nanos = new TreeMap<>();

  private long evictedFrames;

  /** What the children of one folder were told, and the most that they may have done. */
  private int triedA;

  private int ackedA;
  private int ackedPushed;
  private int ackedB;

  @Test
  void kill_atRandomInstantsOfAllPhases_losesNothingAcknowledged() throws Exception {
    System.out.println("kill trial: " + KILLS + " kills, seed " + SEED);
    for (int kill = 0; kill < KILLS; kill++) {
      Path folder = root.resolve("world" + kill / KILLS_A_FOLDER);
      long seed = SEED + kill / KILLS_A_FOLDER;
      if (kill % KILLS_A_FOLDER == 0) {
        begin(folder, seed);
      }
      String phase = PHASES.get(kill % PHASES.size());
      killIn(phase, folder, seed);
      judge(folder, seed, kill);
    }
    System.out.println("killed in: " + killedIn + ", frames evicted: " + evictedFrames);
    assertThat(killedIn.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(KILLS);
    if (KILLS >= ENOUGH_FOR_ALL) {
      assertThat(killedIn.keySet()).containsAll(PHASES);
    } else {
      // A kill meant for a short phase may come just after it.
      assertThat(killedIn).hasSizeGreaterThan(PHASES.size() / 2);
    }
    assertThat(evictedFrames).isPositive();
  }

  private void begin(Path folder, long seed) throws IOException {
    Files.createDirectories(folder.resolve("tmp"));
    triedA = 0;
    ackedA = 0;
    ackedPushed = 0;
    ackedB = 0;
    try (var world = new KillWorld(folder, seed)) {
      world.create();
    }
  }

  private static List<String> command(Path folder, long seed, long run) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-XX:+UseSerialGC",
        "-Xmx256m",
        // What a killed process leaves of its native libraries goes with the trial.
        "-Djava.io.tmpdir=" + folder.resolve("tmp"),
        "-cp",
        System.getProperty("java.class.path"),
        KillChild.class.getName(),
        folder.toString(),
        Long.toString(seed),
        Long.toString(run));
  }

  /** Runs a child and kills it some time after the phase has begun once more. */
  private void killIn(String wanted, Path folder, long seed) throws Exception {
    Process child =
        new ProcessBuilder(command(folder, seed, random.nextLong()))
            .redirectErrorStream(true)
            .start();
    int times = wanted.equals("open") ? 1 : 1 + random.nextInt(4);
    String phase = null;
    long began = 0;
    List<String> said = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        said.add(line);
        if (line.startsWith("PHASE ")) {
          phase = line.substring("PHASE ".length());
          began = System.nanoTime();
          if (phase.equals(wanted) && --times == 0) {
            letPass(random.nextInt(3) == 0 ? 1 : nanos.getOrDefault(wanted, NANOS_AT_FIRST));
            // By its handle: the process itself would close the pipe and lose what was said.
            child.toHandle().destroyForcibly();
          }
        } else if (line.equals("END") && phase != null) {
          nanos.merge(phase, System.nanoTime() - began, (before, now) -> (3 * before + now) / 4);
          phase = null;
        } else {
          note(line);
        }
        line = lines.readLine();
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(said).as(String.join("\n", said)).noneMatch(each -> each.startsWith("WRONG"));
    // SIGKILL and nothing else ended it.
    assertThat(child.waitFor()).as(String.join("\n", said)).isEqualTo(137);
    killedIn.merge(phase == null ? "between" : phase, 1, Integer::sum);
  }

  /** Lets up to that much time go by; the instant of a kill is the point here. */
  private void letPass(long atMost) {
    long until = System.nanoTime() + random.nextLong(Math.max(1, atMost));
    long left = until - System.nanoTime();
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = until - System.nanoTime();
    }
  }

  private void note(String line) {
    String[] words = line.split(" ");
    switch (words[0]) {
      case "TRY" -> triedA = Math.max(triedA, Integer.parseInt(words[2]));
      case "ACK" -> {
        int step = Integer.parseInt(words[2]);
        switch (words[1]) {
          case "a" -> ackedA = Math.max(ackedA, step);
          case "b" -> ackedB = Math.max(ackedB, step);
          default -> ackedPushed = Math.max(ackedPushed, step);
        }
      }
      case "EVICTED" -> evictedFrames += Integer.parseInt(words[1]);
      default -> {}
    }
  }

  /** Opens what was left, and holds it against all that was said. */
  private void judge(Path folder, long seed, int kill) {
    try (var world = new KillWorld(folder, seed)) {
      try (Replica replica = world.onFolder();
          Snapshot here = replica.snapshot()) {
        assertThat(KillWorld.step(here, Stream.A))
            .as("kill %d: acknowledged here %d", kill, ackedA)
            .isBetween(ackedA, triedA);
        world.check(here, 1);
      }
      try (Replica fresh = world.other();
          Snapshot there = fresh.snapshot()) {
        int pushed = KillWorld.step(there, Stream.A);
        assertThat(pushed).as("kill %d: pushed", kill).isBetween(ackedPushed, triedA);
        int stepB = KillWorld.step(there, Stream.B);
        assertThat(stepB).as("kill %d: the other's", kill).isGreaterThanOrEqualTo(ackedB);
        world.check(there, kill % 5 == 0 ? 1 : 11);
        assertOnce(world, pushed, stepB);
      }
    }
  }

  /** Every step of both streams is in the log once, in its order, under a key of its own. */
  private static void assertOnce(KillWorld world, int pushed, int stepB) {
    List<String> oldestFirst = new ArrayList<>();
    Set<IdempotencyKey> keys = new HashSet<>();
    Lsn newest = null;
    boolean more = true;
    while (more) {
      LogPage page = world.remote.log(world.volume, newest, 100);
      for (LogPage.Entry entry : page.commits()) {
        for (TransactionRecord each : entry.transactions().reversed()) {
          oldestFirst.addFirst(each.message());
          assertThat(keys.add(each.key())).as("key of %s", each).isTrue();
        }
      }
      newest = below(page.commits());
      more = newest != null;
    }
    assertThat(oldestFirst.stream().filter(message -> message.startsWith("a")))
        .isEqualTo(steps("a", pushed));
    assertThat(oldestFirst.stream().filter(message -> message.startsWith("b")))
        .isEqualTo(steps("b", stepB));
  }

  private static @Nullable Lsn below(List<LogPage.Entry> commits) {
    if (commits.isEmpty()) {
      return null;
    }
    long oldest = commits.getLast().position().lsn().value();
    return oldest <= 1 ? null : new Lsn(oldest - 1);
  }

  private static List<String> steps(String stream, int last) {
    List<String> steps = new ArrayList<>();
    for (int step = 1; step <= last; step++) {
      steps.add(stream + step);
    }
    return steps;
  }
}
