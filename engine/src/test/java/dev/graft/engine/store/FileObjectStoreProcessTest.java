package dev.graft.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What holds between processes, when they die, and when the disk gives out. */
@Timeout(120)
class FileObjectStoreProcessTest {
  private static final int WRITERS = 4;
  private static final int RACES = 50;

  /** Set to thousands for a long run. */
  private static final int KILLS = Integer.getInteger("graft.store.kills", 20);

  private static final long SEED = Long.getLong("graft.seed", 1);

  private final List<Process> processes = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start(List<String> command) throws IOException {
    Process process = StoreProcess.start(command);
    processes.add(process);
    return process;
  }

  private ObjectStore store() {
    return FileObjectStore.open(folder, InstantSource.system());
  }

  @Test
  void putIfAbsent_raceOfProcesses_hasOneWinner() throws Exception {
    List<BufferedReader> outputs = new ArrayList<>();
    List<PrintStream> inputs = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      Process process = start(StoreProcess.command("race", folder.toString(), "writer-" + i));
      outputs.add(StoreProcess.lines(process));
      inputs.add(new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8));
    }
    for (BufferedReader output : outputs) {
      assertThat(output.readLine()).isEqualTo("ready");
    }
    int[] wins = new int[WRITERS];
    for (int race = 0; race < RACES; race++) {
      ObjectKey key = StoreProcess.key("race", race);
      inputs.forEach(input -> input.println(key));
      List<String> outcomes = new ArrayList<>();
      for (BufferedReader output : outputs) {
        outcomes.add(output.readLine());
      }
      assertThat(outcomes).containsOnly("Created", "AlreadyExists").containsOnlyOnce("Created");
      int winner = outcomes.indexOf("Created");
      wins[winner]++;
      assertThat(bytes(store(), key))
          .isEqualTo(("writer-" + winner).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(wins).as("a race that always has the same winner is none").doesNotContain(RACES);
  }

  private static byte[] bytes(ObjectStore store, ObjectKey key) {
    return switch (store.get(key, 0, Integer.MAX_VALUE)) {
      case GetOutcome.Found found -> found.bytes();
      case GetOutcome.Missing missing -> throw new AssertionError(key + " is missing");
    };
  }

  @Test
  void putIfAbsent_writersKilled_leavesWhatWasAcknowledgedAndNothingTorn() throws Exception {
    var random = new Random(SEED);
    long[] next = new long[WRITERS];
    Arrays.fill(next, 1);
    for (int kills = 0; kills < KILLS; kills += WRITERS) {
      List<Process> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        String first = Long.toString(next[i]);
        writers.add(start(StoreProcess.command("write", folder.toString(), "w" + i, first)));
      }
      for (int i = 0; i < WRITERS; i++) {
        List<Long> acknowledged = killAfterSome(writers.get(i), random);
        next[i] = check("w" + i, next[i], acknowledged);
      }
    }
  }

  /** Kills the writer somewhere in its work; gives the numbers that it acknowledged until then. */
  private static List<Long> killAfterSome(Process writer, Random random) throws Exception {
    BufferedReader output = StoreProcess.lines(writer);
    List<Long> acknowledged = new ArrayList<>();
    int enough = random.nextInt(20);
    long spinNanos = random.nextLong(3_000_000);
    while (acknowledged.size() < enough) {
      String line = output.readLine();
      assertThat(line).as("the writer ended by itself, seed %s", SEED).isNotNull();
      acknowledged.add(Long.valueOf(line));
    }
    long start = System.nanoTime();
    while (System.nanoTime() - start < spinNanos) {
      Thread.onSpinWait();
    }
    // Not by Process, which would close the output with what is still in it.
    writer.toHandle().destroyForcibly();
    writer.waitFor();
    String line = output.readLine();
    while (line != null) {
      acknowledged.add(Long.valueOf(line));
      line = output.readLine();
    }
    return acknowledged;
  }

  /** Checks the objects of a writer from a number on; gives the number after the last of them. */
  private long check(String writer, long first, List<Long> acknowledged) {
    ObjectStore store = store();
    List<Long> present = new ArrayList<>();
    List<ObjectKey> keys =
        store.list(writer + "/", StoreProcess.key(writer, first - 1).value(), 1000);
    while (!keys.isEmpty()) {
      for (ObjectKey key : keys) {
        long number = Long.parseLong(key.value().substring(writer.length() + 1));
        assertThat(Arrays.equals(bytes(store, key), StoreProcess.content(number)))
            .as("%s is whole, seed %s", key, SEED)
            .isTrue();
        present.add(number);
      }
      keys = store.list(writer + "/", keys.getLast().value(), 1000);
    }
    assertThat(present).as("writer %s, seed %s", writer, SEED).containsAll(acknowledged);
    return present.isEmpty() ? first : Collections.max(present) + 1;
  }

  @Test
  void putIfAbsent_diskFullThenReadOnly_saysSoAndLeavesNothing() throws Exception {
    // A small disk of its own needs a mount namespace, which not every system lets users make.
    Process probe = start(List.of("unshare", "-rm", "true"));
    assumeTrue(probe.waitFor(20, TimeUnit.SECONDS) && probe.exitValue() == 0, "no unshare here");
    List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c"));
    command.add("mount -t tmpfs -o size=2m tmpfs \"$0\" && exec \"$@\"");
    command.add(folder.toString());
    command.addAll(StoreProcess.command("fill", folder.toString()));
    Process process = start(command);
    List<String> lines = StoreProcess.lines(process).lines().toList();
    assertThat(process.waitFor()).isZero();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(0))
        .startsWith("Limit: cannot write fill/")
        .contains("the disk of the folder " + folder.toRealPath() + " is full")
        .endsWith("free some space and try again");
    assertThat(lines.subList(1, 4)).containsExactly("staged 0", "objects 0", "listed 0");
    assertThat(lines.get(4))
        .startsWith("Unauthorized: cannot write other/")
        .contains("does not allow it")
        .endsWith("change its permissions or choose another folder");
    assertThat(lines.get(5)).isEqualTo("true");
  }
}
