package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.id.Lsn;
import dev.graft.sim.Fault;
import dev.graft.sim.world.Flaws;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
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
    return run(Flaws.NONE, arguments);
  }

  private static Ran run(Flaws flaws, String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    int code = Main.run(InputStream.nullInputStream(), print, print, flaws, arguments);
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

  /**
   * Past 1,024 commits, where checkpoints begin; too long to be played for each seed. Two engines
   * at least make the same checkpoint, and put the same state record for it: one of them comes
   * first.
   */
  @Test
  void play_checkpointsRace_isClean() {
    Workload checkpoints = Workloads.named("checkpoints").orElseThrow();
    CheckpointRace race = new CheckpointRace(new Lsn(1_024));
    Flaws met = Flaws.NONE.withStores(race::watch);
    Played played = new Player(checkpoints, Player.USUAL, met).play(2);
    assertThat(played.findings()).isEmpty();
    assertThat(played.verdict().commits()).isGreaterThan(1_024);
    assertThat(race.builders()).as("engines that made the checkpoint").isGreaterThan(1);
    assertThat(race.records())
        .hasAtLeastOneElementOfType(PutOutcome.Created.class)
        .hasAtLeastOneElementOfType(PutOutcome.AlreadyExists.class);
    assertThat(race.mostNamed()).as("checkpoints of the commit in one record").isEqualTo(1);
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
  void run_json_lastLineHasTheNamedKeysAndNoOther() throws Exception {
    Ran ran = run("--seeds", "3..4", "--workload", "write-skew", "--json");
    assertThat(ran.last())
        .matches(
            "\\{\"seeds\":2,\"commits\":[1-9]\\d*,\"violations\":0,"
                + "\"faults\":\\{(\"[A-Z_]+\":\\d+,?)+},\"traceHash\":\"[0-9a-f]{64}\"}");
  }

  /** Whoever takes an unanswered commit for done is found; only one fault is to blame for it. */
  @Test
  void run_seedFails_printsHowToReplayItAndWhatItNeeds() throws Exception {
    Flaws flaws = Flaws.NONE.with(Flaws.OnUnknown.BELIEVES);
    String faults = " --without all --often REMOTE_REQUEST_LOST=0.2 --often REMOTE_SLOW=0.01";
    String way = " --way engines";
    Ran ran = run(flaws, ("--seeds 1..2 --workload write-skew" + way + faults).split(" "));
    assertThat(ran.code).isEqualTo(1);
    String found = ran.lines.get(1);
    String play = "sim/run --seeds 1 --workload write-skew" + way;
    assertThat(ran.lines)
        .contains(
            "write-skew, seed 1:",
            "  faults that it needs: [REMOTE_REQUEST_LOST]",
            "  replay: " + play + faults,
            "  shrunk: " + play + " --without all --often REMOTE_REQUEST_LOST=0.2");
    assertThat(again(flaws, ran, "  replay: ").lines).contains(found);
    assertThat(again(flaws, ran, "  shrunk: ").code).isEqualTo(1);
  }

  private static Ran again(Flaws flaws, Ran ran, String begin) throws Exception {
    String line = ran.lines.stream().filter(l -> l.startsWith(begin)).findFirst().orElseThrow();
    return run(flaws, line.substring((begin + "sim/run ").length()).split(" "));
  }

  @Test
  void run_faultNeverHit_endsWithOneWhenEnoughWasPlayed() throws Exception {
    // Nobody asks an edge twice at the same time in so few worlds with so few requests held back.
    String faults = "--without all --often EDGE_COLLAPSED=0.0000001";
    Ran ran = run(("--seeds 1..20 --workload write-skew --way engines " + faults).split(" "));
    assertThat(ran.code).isEqualTo(1);
    assertThat(ran.last()).isEqualTo("never hit: [EDGE_COLLAPSED]");
  }

  /** The kill at the end of each play, and a power cut with it, are no deaths in its midst. */
  @Test
  void run_nobodyDiesInTheMidst_endsWithOneForKillsAndPowerCuts() throws Exception {
    String faults =
        "--without all --often CLIENT_KILLED=0.0000000001 --often WRITES_LOST=0.3"
            + " --often WRITE_TORN=0.3 --often WRITES_REORDERED=0.3";
    Ran ran = run(("--seeds 1..20 --workload offline --way engines " + faults).split(" "));
    assertThat(ran.code).isEqualTo(1);
    assertThat(ran.last())
        .isEqualTo("never hit: [CLIENT_KILLED, WRITES_LOST, WRITE_TORN, WRITES_REORDERED]");
  }

  @Test
  void run_probabilityWithoutNumber_saysTheForm() throws Exception {
    Ran ran = run("--seeds", "1", "--often", "CLIENT_KILLED");
    assertThat(ran.lines.getFirst())
        .isEqualTo("sim/run: 'CLIENT_KILLED' is not FAULT=P with P from 0 to 1");
  }

  @Test
  void run_lastSeedOfAll_endsAfterIt() throws Exception {
    String seeds = Long.MAX_VALUE + ".." + Long.MAX_VALUE;
    Ran ran = run("--seeds", seeds, "--workload", "write-skew", "--without", "all", "--json");
    assertThat(ran.code).isZero();
    assertThat(ran.last()).startsWith("{\"seeds\":1,");
  }

  /** What the command line says comes after what a workload makes of the usual faults. */
  @Test
  void run_floorWithoutOnePause_neitherPlaysNorCountsIt() throws Exception {
    String[] floor = {"--seeds", "1..3", "--workload", "floor", "--way", "engines", "--json"};
    Ran usual = run(floor);
    assertThat(usual.last()).contains("\"PAUSED_BEFORE\":", "\"PAUSED_AFTER\":");
    Ran without = run(with(floor, "--without", "PAUSED_AFTER"));
    assertThat(without.last()).contains("\"PAUSED_BEFORE\":").doesNotContain("PAUSED_AFTER");
    RunOptions often =
        RunOptions.of("--seeds", "1", "--workload", "floor", "--often", "PAUSED_BEFORE=0.02");
    Player player =
        Player.changed(often.workloads().getFirst(), often::plan, Flaws.NONE, often.way());
    assertThat(player.plan().probability(Fault.PAUSED_BEFORE)).isEqualTo(0.02);
    assertThat(player.without(Fault.PAUSED_AFTER).plan().faults())
        .contains(Fault.PAUSED_BEFORE)
        .doesNotContain(Fault.PAUSED_AFTER);
  }

  /** Without being named they are played too, for few seeds; what is named is played alone. */
  @Test
  void workloads_seedsThatFiftyDivides_playCheckpoints() {
    RunOptions all = RunOptions.of("--seeds", "1..1000");
    assertThat(all.workloads(49)).isEqualTo(Workloads.ALL);
    assertThat(all.workloads(50)).containsAll(Workloads.ALL).containsAll(Workloads.LONG);
    RunOptions inTurn = RunOptions.of("--seeds", "1..1000", "--in-turn");
    assertThat(inTurn.workloads(100)).isEqualTo(Workloads.LONG);
    RunOptions named = RunOptions.of("--seeds", "1..1000", "--workload", "floor");
    assertThat(named.workloads(50)).hasSize(1).doesNotContainAnyElementsOf(Workloads.LONG);
  }

  @Test
  void run_help_saysHowAndEndsWithZero() throws Exception {
    Ran ran = run("--help");
    assertThat(ran.code).isZero();
    assertThat(ran.lines.getFirst()).startsWith("usage: sim/run --seeds A..B");
    assertThat(ran.lines).anyMatch(line -> line.contains("traceHash"));
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
            List.of("--seeds", "1", "--often", "STORM=2"),
            List.of("--seeds", "1", "--sometimes"),
            List.of("--seeds", "1", "--jobs", "99999999999"),
            List.of("--seeds", "1", "--jobs", "0"),
            List.of("--seeds", "1", "--history", folder.resolve("none/h").toString()),
            List.of("--seeds", "1", "--history", folder.toString()),
            List.of("--seeds", "1", "--history", "-"),
            List.of("--seeds", "1.." + Long.MAX_VALUE),
            List.of("--seeds", "1", "--often", "STORM"),
            List.of("--seeds"));
    for (List<String> arguments : wrong) {
      Ran ran = run(arguments.toArray(String[]::new));
      assertThat(ran.code).as("%s", arguments).isEqualTo(2);
      assertThat(ran.lines.getFirst()).startsWith("sim/run: ");
      assertThat(ran.lines).anyMatch(line -> line.startsWith("usage: sim/run"));
    }
  }
}
