package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadsTest {
  @TempDir private Path folder = Path.of("not set");

  private record Ran(int code, List<String> lines) {
    String last() {
      return lines.getLast();
    }
  }

  private static Ran run(String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    int code = Main.run(print, print, arguments);
    return new Ran(code, out.toString(StandardCharsets.UTF_8).lines().toList());
  }

  @Test
  void run_allWorkloads_areCleanAndEveryFaultIsHit() throws Exception {
    Ran ran = run("--seeds", "1..3", "--json");
    assertThat(ran.code).as(String.join("\n", ran.lines)).isZero();
    assertThat(ran.last())
        .startsWith("{\"seeds\":3,\"commits\":")
        .contains("\"violations\":0", "\"faults\":{\"PUT_ANSWER_LOST\":", "\"traceHash\":\"")
        .doesNotContain("_LOST\":0");
  }

  @Test
  void run_sameSeedTwice_isTheSameHistory() throws Exception {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    String[] played = {"--workload", "three-clients", "--workload", "merge", "--workload", "floor"};
    Ran one = run(with(played, "--seeds", "9", "--json", "--history", first.toString()));
    Ran two =
        run(with(played, "--seeds", "9..9", "--json", "--jobs", "2", "--history", "" + second));
    assertThat(traceHash(two)).isEqualTo(traceHash(one));
    assertThat(Files.readAllLines(second)).isEqualTo(Files.readAllLines(first)).isNotEmpty();
    Ran other = run("--seeds", "10", "--workload", "list-append", "--json");
    assertThat(traceHash(other)).isNotEqualTo(traceHash(one));
  }

  private static String[] with(String[] first, String... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }

  private static String traceHash(Ran ran) {
    return ran.last().substring(ran.last().indexOf("traceHash"));
  }

  @Test
  void run_wrongArguments_saysHowAndEndsWithTwo() throws Exception {
    List<List<String>> wrong =
        List.of(
            List.of(),
            List.of("--seeds", "7..3"),
            List.of("--seeds", "x"),
            List.of("--seeds", "1", "--workload", "none"),
            List.of("--seeds", "1", "--without", "none"),
            List.of("--seeds"));
    for (List<String> arguments : wrong) {
      Ran ran = run(arguments.toArray(String[]::new));
      assertThat(ran.code).as("%s", arguments).isEqualTo(2);
      assertThat(ran.lines).anyMatch(line -> line.startsWith("usage: sim/run"));
    }
  }
}
