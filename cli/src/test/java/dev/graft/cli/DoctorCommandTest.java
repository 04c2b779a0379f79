package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft doctor}: what is damaged is named, and nothing is changed. */
class DoctorCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void makeVolume() {
    VolumeId volume = OldVolume.make(folder.resolve("store"));
    assertThat(run("clone", "folder:store", volume.toString(), "old").exitCode()).isZero();
    assertThat(run("retain", "old", "--floor", "32").exitCode()).isZero();
  }

  private Run run(String... args) {
    return Run.in(folder, args);
  }

  private List<Path> objects() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
      return all.filter(path -> path.toString().endsWith(".obj")).sorted().toList();
    }
  }

  private TreeMap<Path, String> contents() throws IOException {
    TreeMap<Path, String> contents = new TreeMap<>();
    for (Path path : objects()) {
      contents.put(path, Files.readString(path, StandardCharsets.ISO_8859_1));
    }
    return contents;
  }

  @Test
  void doctor_soundStore_exitsWithZeroAndChangesNothing() throws IOException {
    TreeMap<Path, String> before = contents();
    for (List<String> args :
        List.of(
            List.of("doctor"),
            List.of("doctor", "old", "--deep"),
            List.of("doctor", "--remote", "folder:store"))) {
      Run run = run(args.toArray(String[]::new));
      assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
      assertThat(run.out())
          .contains("the store keeps its promises")
          .contains("objects are sound")
          .contains("wait to be removed");
    }
    assertThat(run("doctor", "old").out()).contains("replica ").contains("stands at commit 70");
    assertThat(contents()).isEqualTo(before);
    assertThat(run("doctor", "old", "--json").out()).startsWith("{\"sound\":true");
  }

  @Test
  void doctor_damagedObject_namesItAndExitsWithFive() throws IOException {
    int damaged = 0;
    for (String kind : List.of("volume", "log", "state", "segments", "checkpoints", "derived")) {
      Path object =
          objects().stream()
              .filter(path -> path.toString().contains("/" + kind))
              .findFirst()
              .orElseThrow();
      byte[] whole = Files.readAllBytes(object);
      byte[] bytes = whole.clone();
      bytes[bytes.length / 2] ^= 4;
      Files.write(object, bytes);
      Run run = run("doctor", "--remote", "folder:store");
      String key = folder.resolve("store").relativize(object).toString().replaceAll("\\.obj$", "");
      assertThat(run.exitCode()).as(kind).isEqualTo(ExitCode.CORRUPT);
      assertThat(run.out()).as(kind).contains("DAMAGED").contains("  " + key);
      assertThat(run("doctor", "--remote", "folder:store", "--json").out())
          .contains("\"sound\":false")
          .contains("\"object\":\"" + key + "\"");
      Files.write(object, whole);
      damaged++;
    }
    assertThat(damaged).isEqualTo(6);
    assertThat(run("doctor").exitCode()).isZero();
  }

  @Test
  void doctor_storeThatLostItsNewestCommit_seesThatTheReplicaHasIt() throws IOException {
    assertThat(run("pull", "old").exitCode()).isZero();
    // The numbers of commits are inverted in their names: the newest comes first.
    Path newest =
        objects().stream()
            .filter(path -> path.toString().contains("/log/"))
            .findFirst()
            .orElseThrow();
    byte[] whole = Files.readAllBytes(newest);
    Files.delete(newest);
    Run run = run("doctor", "old");
    assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.CORRUPT);
    assertThat(run.out()).contains("stands at commit 70").contains("the store does not have");
    Files.write(newest, whole);
    assertThat(run("doctor", "old").exitCode()).isZero();
  }

  @Test
  void doctor_damagedReplica_namesItsFolder() throws IOException {
    Path standing = folder.resolve(".graft/old/standing");
    // A second record, written when the first was synced: so its damage is no lost end.
    assertThat(run("revert", "old", "69").exitCode()).isZero();
    byte[] bytes = Files.readAllBytes(standing);
    bytes[20] ^= 1;
    Files.write(standing, bytes);
    Run run = run("doctor", "old");
    assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.CORRUPT);
    assertThat(run.out()).contains("replica " + folder.resolve(".graft/old") + ": DAMAGED");
  }

  @Test
  void doctor_askedWrongly_isOneSentence() {
    assertThat(run("doctor", "old", "--remote", "folder:store").exitCode())
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("doctor", "--remote", "folder:nowhere").exitCode())
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(run("doctor", "nobody").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
  }
}
