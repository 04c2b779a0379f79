package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A put whose process is killed leaves all of the old files or all of the new ones. */
@Timeout(120)
class PutKillTest {
  private static final int TRIALS = 6;
  private static final int FILE_BYTES = 12_000_000;

  @TempDir Path folder;

  private Process start(String... args) throws IOException {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.graft.cli.Main"));
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(new File(folder.toFile(), "stderr"))
        .start();
  }

  private void ok(String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
  }

  /** All of a version's files tell its number in their first byte. */
  private void write(int version, Random random) throws IOException {
    byte[] content = new byte[FILE_BYTES];
    random.nextBytes(content);
    for (String name : List.of("a", "b")) {
      content[0] = (byte) version;
      Files.write(Files.createDirectories(folder.resolve("files")).resolve(name), content);
    }
  }

  @Test
  void put_killedAtRandomInstants_isThereWholeOrNotAtAll() throws Exception {
    long seed = 20261121;
    System.out.println("put kill seed " + seed);
    Random random = new Random(seed);
    write(0, random);
    ok("put", "box", "files");
    byte[] current = Files.readAllBytes(folder.resolve("files/a"));
    int killed = 0;
    for (int version = 1; version <= TRIALS; version++) {
      write(version, random);
      byte[] next = Files.readAllBytes(folder.resolve("files/a"));
      long started = System.nanoTime();
      Process put = start("put", "box", "files");
      boolean ended = put.waitFor(300 + random.nextInt(1_700), TimeUnit.MILLISECONDS);
      put.destroyForcibly();
      put.waitFor();
      long millis = (System.nanoTime() - started) / 1_000_000;
      ok("pull", "box");
      ok("get", "box", "files", "back", "--force");
      byte[] a = Files.readAllBytes(folder.resolve("back/a"));
      byte[] b = Files.readAllBytes(folder.resolve("back/b"));
      boolean isNew = a[0] == version;
      System.out.println(
          "version "
              + version
              + ": "
              + (ended ? "ended" : "killed")
              + " after "
              + millis
              + " ms, "
              + (isNew ? "there" : "not there"));
      assertThat(a).isEqualTo(isNew ? next : current);
      assertThat(b).isEqualTo(a);
      assertThat(ended && !isNew)
          .as("it ended and nothing is there: %s", Files.readString(folder.resolve("stderr")))
          .isFalse();
      killed += ended ? 0 : 1;
      current = isNew ? next : current;
      assertThat(Arrays.stream(leftovers()).toList()).isEmpty();
    }
    assertThat(killed).isPositive();
  }

  /** Staged pages of a put that was killed do not stay. */
  private String[] leftovers() {
    String[] names =
        folder.resolve(".graft/box").toFile().list((_, name) -> name.startsWith("staged-"));
    return names == null ? new String[0] : names;
  }
}
