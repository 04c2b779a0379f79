package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.VolumeId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft retain}, and what log and status tell of it. */
class RetainCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void makeVolume() {
    VolumeId volume = OldVolume.make(folder.resolve("store"));
    assertThat(Run.in(folder, "clone", "folder:store", volume.toString(), "old").exitCode())
        .isZero();
  }

  private Run ok(String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    return run;
  }

  private static long number(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":(\\d+)").matcher(json);
    assertThat(found.find()).as("%s in %s", name, json).isTrue();
    return Long.parseLong(found.group(1));
  }

  @Test
  void retain_floorAndKeep_saysWhatGoesAndWhatStays() {
    String done = ok("retain", "old", "--floor", "69", "--keep", "40", "--json").out();
    assertThat(done)
        .contains("\"changed\":true")
        .contains("\"retention\":\"7d\"")
        .contains("\"kept\":[40]");
    assertThat(number(done, "floor")).isEqualTo(64);
    assertThat(number(done, "floorBefore")).isZero();
    long trimmed = number(done, "trimmedCommits");
    assertThat(trimmed).isGreaterThan(10);
    // Commit 40 stays beside them.
    assertThat(trimmed + number(done, "placesCommits")).isEqualTo(62);
    assertThat(number(done, "waitingBytes")).isPositive();
    assertThat(ok("log", "old", "-n", "100").out())
        .hasLineCount(70 - 64 + 1 + 1 + 1)
        .contains("history below commit 64 was given up");
    Run again = ok("retain", "old", "--floor", "7d");
    assertThat(again.out())
        .contains("'old' keeps history from commit 64 on")
        .contains("kept whatever the floor: 40")
        .contains("the floor did not move");
  }

  @Test
  void status_remoteAndBytes_tellsOfHistory() {
    ok("retain", "old", "--floor", "64");
    assertThat(ok("status", "old").out()).doesNotContain("history");
    assertThat(ok("status", "old", "--remote").out())
        .contains("history  history from commit 64 on")
        .contains("history  retention 7d")
        .doesNotContain("wait to be removed");
    assertThat(ok("status", "old", "--bytes").out()).contains("wait to be removed");
    String status = ok("status", "old", "--bytes", "--json").out();
    assertThat(number(status, "floor")).isEqualTo(64);
    assertThat(number(status, "waitingObjects")).isPositive();
  }

  @Test
  void export_belowTheFloor_isNotFound() {
    ok("retain", "old", "--floor", "64", "--keep", "40");
    for (String at : List.of("39", "63")) {
      Run run = Run.in(folder, "export", "old", "out.db", "--at", at);
      assertThat(run.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
      assertThat(run.err()).contains("history below LSN 64 was given up").hasLineCount(1);
    }
    assertThat(Run.in(folder, "export", "old", "out.db", "--at", "40").err())
        .doesNotContain("given up");
  }

  @Test
  void retain_whatCannotBe_isOneSentence() {
    for (List<String> args :
        List.of(
            List.of("--floor", "5x"),
            List.of("--floor", "71"),
            List.of("--floor", "6d"),
            List.of("--retention", "23h"),
            List.of("--keep", "0"))) {
      List<String> line = new ArrayList<>(List.of("retain", "old"));
      line.addAll(args);
      Run run = Run.in(folder, line.toArray(String[]::new));
      assertThat(run.exitCode()).as("%s", args).isEqualTo(ExitCode.USAGE);
      assertThat(run.err()).startsWith("graft: ").hasLineCount(1);
    }
    assertThat(ok("retain", "old").out()).contains("all history").contains("retention 7d");
    assertThat(ok("retain", "old", "--retention", "30h").out()).contains("retention 30h");
  }
}
