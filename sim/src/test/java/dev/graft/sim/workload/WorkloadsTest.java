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
  private static final int WORLDS = Integer.getInteger("graft.sim.worlds", 300);

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

  /**
   * A few hundred worlds, all workloads among them; the command fails when the judge found
   * something, and when a fault was never hit. {@code -Dgraft.sim.worlds} for more.
   */
  @Test
  void run_hundredsOfWorlds_areCleanAndEveryFaultIsHit() throws Exception {
    Ran ran = run("--seeds", "1.." + WORLDS, "--in-turn", "--jobs", "2", "--json");
    ran.lines.forEach(System.out::println);
    assertThat(ran.code).as(String.join("\n", ran.lines)).isZero();
    assertThat(ran.last())
        .startsWith("{\"seeds\":" + WORLDS + ",\"commits\":")
        .contains("\"violations\":0", "\"faults\":{\"PUT_ANSWER_LOST\":", "\"traceHash\":\"");
    assertThat(ran.lines).noneMatch(line -> line.startsWith("never hit"));
  }

  @Test
  void run_sameSeedTwice_isTheSameHistory() throws Exception {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    String[] played = {
      "--workload", "three-clients", "--workload", "crowds", "--workload", "floor"
    };
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
