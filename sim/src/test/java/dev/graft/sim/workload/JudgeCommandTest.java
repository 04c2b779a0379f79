package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.world.Flaws;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sim/run --judge FILE}. */
class JudgeCommandTest {
  private static final String PULL =
      "{\"event\":\"pull\",\"time\":1,\"call\":1,\"session\":\"a.0\",\"volume\":\"v\"}";

  @TempDir private Path folder = Path.of("not set");

  private record Ran(int code, List<String> out, List<String> err) {}

  private static Ran run(byte[] in, String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new ByteArrayInputStream(in),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Flaws.NONE,
            arguments);
    return new Ran(
        code,
        out.toString(StandardCharsets.UTF_8).lines().toList(),
        err.toString(StandardCharsets.UTF_8).lines().toList());
  }

  private Path file(String name, List<String> lines) throws Exception {
    return Files.write(folder.resolve(name), lines);
  }

  private List<String> played() throws Exception {
    Path history = folder.resolve("played");
    String[] play = {"--seeds", "1", "--workload", "write-skew", "--history", history.toString()};
    assertThat(run(new byte[0], play).code).isZero();
    return Files.readAllLines(history);
  }

  @Test
  void judge_whatAPlayWrote_isCleanFromFileAndStandardInput() throws Exception {
    List<String> history = played();
    Path file = file("h.jsonl", history);
    Ran ran = run(new byte[0], "--judge", file.toString());
    assertThat(ran.code).as(ran.toString()).isZero();
    assertThat(ran.err).isEmpty();
    assertThat(ran.out).hasSize(1).first().asString().endsWith(" pages checked, 0 violations");
    assertThat(run(Files.readAllBytes(file), "--judge", "-")).isEqualTo(ran);
    String windows = String.join("\r\n", history);
    assertThat(run(windows.getBytes(StandardCharsets.UTF_8), "--judge", "-")).isEqualTo(ran);
  }

  @Test
  void judge_commitIsMissingInTheLog_saysWhichInWordsAndEndsWithOne() throws Exception {
    List<String> history =
        played().stream()
            .filter(line -> !(line.contains("\"logged\"") && line.contains("\"lsn\":2,")))
            .toList();
    Ran ran = run(new byte[0], "--judge", file("h.jsonl", history).toString());
    assertThat(ran.code).isEqualTo(1);
    assertThat(ran.out)
        .anyMatch(line -> line.matches("HOLE \\[\\d+]: commit 2 of \\S+ is missing before 3"))
        .anyMatch(line -> line.startsWith("LOST_COMMIT ["));
    assertThat(ran.out.getLast()).doesNotEndWith(" 0 violations");
  }

  /** Each in a sentence that names the line. */
  @Test
  void judge_noHistory_saysTheLineAndEndsWithTwo() throws Exception {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("", "a line of a history is a JSON object");
    wrong.put("nonsense", "not JSON: Unrecognized token 'nonsense'");
    wrong.put("[1]", "a line of a history is a JSON object");
    wrong.put("{", "not JSON: Unexpected end-of-input");
    wrong.put(PULL + PULL, "a line of a history is one JSON object");
    wrong.put("{\"time\":1}", "field 'event' is missing or not text");
    wrong.put("{\"event\":\"told\"}", "field 'time' is missing or not a whole number");
    wrong.put(
        "{\"event\":\"told\",\"time\":\"1\"}", "field 'time' is missing or not a whole number");
    wrong.put("{\"event\":\"told\",\"time\":99999999999999999999}", "not JSON: ");
    wrong.put(PULL.replace("pull", "shove"), "no event is called 'shove'");
    wrong.put(PULL.replace("1,\"s", "-7,\"s"), "field 'call' is -7, and at least 0 makes sense");
    wrong.put(
        "{\"event\":\"told\",\"time\":1,\"call\":1,\"outcome\":\"perhaps\",\"lsn\":1}",
        "field 'outcome' is 'perhaps', which it cannot be");
    wrong.put(
        "{\"event\":\"push\",\"time\":1,\"call\":1,\"session\":\"s\",\"volume\":\"v\","
            + "\"transactions\":[],\"policy\":\"marge\"}",
        "field 'policy' is 'marge', which it cannot be");
    wrong.put(
        "{\"event\":\"read\",\"time\":1,\"session\":\"s\",\"volume\":\"v\",\"began\":1,"
            + "\"view\":{\"lsn\":1,\"pending\":[],\"count\":1},\"reads\":{},\"kind\":\"curent\"}",
        "field 'kind' is 'curent', which it cannot be");
    wrong.put(
        "{\"event\":\"gone\",\"time\":1,\"session\":\"s\",\"volume\":\"v\"}",
        "one of the fields 'lsn' and 'asked' is needed, and only one");
    wrong.put(
        "{\"event\":\"discarded\",\"time\":1,\"client\":\"a\",\"transactions\":[1]}",
        "field 'transactions' is not a list of texts");
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      Path file = file("bad.jsonl", List.of(PULL, each.getKey(), PULL));
      Ran ran = run(new byte[0], "--judge", file.toString());
      assertThat(ran.code).as(each.getKey()).isEqualTo(2);
      assertThat(ran.err.getFirst())
          .startsWith("sim/run: line 2 of '" + file + "' is no event: " + each.getValue());
      assertThat(ran.out).isEmpty();
      assertThat(ran.err).as("it was asked rightly").hasSize(1);
    }
  }

  @Test
  void judge_nothingToRead_saysWhyAndEndsWithTwo() throws Exception {
    Path none = folder.resolve("none");
    assertThat(run(new byte[0], "--judge", none.toString()).err.getFirst())
        .isEqualTo("sim/run: --judge cannot read '" + none + "': there is none");
    assertThat(run(new byte[0], "--judge", folder.toString()).err.getFirst())
        .startsWith("sim/run: --judge cannot read '" + folder + "': ");
    assertThat(run(new byte[0], "--judge", "-").err.getFirst())
        .isEqualTo("sim/run: the standard input holds no history: it is empty");
    assertThat(run(new byte[] {(byte) 0xFF, '\n'}, "--judge", "-").err.getFirst())
        .isEqualTo("sim/run: line 1 of the standard input is no text in UTF-8");
    for (String arguments : List.of("--judge", "--judge - --json", "--seeds 1 --judge -")) {
      Ran ran = run(new byte[0], arguments.split(" "));
      assertThat(ran.code).isEqualTo(2);
      assertThat(ran.err.getFirst())
          .isEqualTo("sim/run: '--judge FILE' takes one file, and nothing else beside it");
      assertThat(ran.err).anyMatch(line -> line.contains("sim/run --judge FILE"));
    }
  }
}
