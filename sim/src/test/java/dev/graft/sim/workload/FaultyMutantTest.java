package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bugs in the midst of engine and client that tolerate a fault badly: found with the fault on and
 * missed with it off; and without the bug the fault does no harm.
 */
class FaultyMutantTest {
  private static final int QUIET_SEEDS = 2;
  private static final String COMMITTER = "dev.graft.engine.Committer";

  /**
   * A bug.
   *
   * @param workload that finds it, with what goes wrong there whether the fault is on or off
   * @param fault that brings it to light, and how often
   * @param seeds one of which finds it
   * @param finding how what is found begins
   */
  record Planted(Mutant mutant, String workload, String fault, int seeds, String finding) {
    @Override
    public String toString() {
      return mutant + ", " + fault;
    }
  }

  private static final Consumer<CodeBuilder> FAR =
      code -> {
        ClassDesc instant = ClassDesc.of("java.time.Instant");
        code.pop().getstatic(instant, "MAX", instant);
      };

  static Stream<Planted> planted() {
    return Stream.of(
        // A commit is put however old the segments are that it names.
        new Planted(
            new Mutant(COMMITTER, "put", "notAfter", 1, FAR),
            "bulk",
            "PAUSED_BEFORE=0.3",
            8,
            "OUTLIVED_SEGMENT"),
        // A commit that came to stand below the floor is told to be there.
        new Planted(
            new Mutant(COMMITTER, "put", "requireStillThere", 1, code -> code.pop2().pop()),
            "floor",
            "PAUSED_BEFORE=0.03",
            8,
            "LOST_COMMIT"),
        // A commit that is found to be one's own loses the segment that the engine made for it.
        new Planted(
            new Mutant(COMMITTER, "found", "equals", 1, code -> code.pop2().iconst_0()),
            "scattered",
            "PUT_TOLD_TAKEN=0.4",
            4,
            ""),
        // The first bytes of a larger range are taken for those that were asked for, over HTTP.
        new Planted(
            new Mutant(
                "dev.graft.client.http.RangeReader",
                "take",
                "first",
                2,
                code ->
                    code.pop()
                        .aload(1)
                        .invokevirtual(
                            ClassDesc.of("dev.graft.client.http.RangeReader$Wanted"),
                            "next",
                            MethodTypeDesc.of(ConstantDescs.CD_long))),
            "bank/functions",
            "EDGE_LARGER=0.5",
            8,
            ""),
        // What a killed process did not sync is shown by the next one, and not synced either.
        new Planted(
            new Mutant(
                "dev.graft.client.folder.RecordLog", "open", "force", 1, code -> code.pop2()),
            "away CLIENT_KILLED=0.1",
            "WRITES_LOST=0.5",
            20,
            ""));
  }

  private static String findings(BiFunction<String, Long, String> trial, String asked, int seeds) {
    String findings = "";
    for (long seed = 1; seed <= seeds && findings.isEmpty(); seed++) {
      findings = trial.apply(asked, seed);
    }
    return findings;
  }

  @ParameterizedTest
  @MethodSource("planted")
  void play_mutant_isFoundWithTheFaultAndMissedWithout(Planted planted) throws Exception {
    BiFunction<String, Long, String> mutant = planted.mutant.trial();
    String on = planted.workload + " " + planted.fault;
    assertThat(findings(mutant, on, planted.seeds))
        .as("with the fault")
        .isNotEmpty()
        .startsWith(planted.finding);
    assertThat(findings(mutant, planted.workload, QUIET_SEEDS)).as("without the fault").isEmpty();
    assertThat(findings(new Trial(), on, QUIET_SEEDS)).as("without the bug").isEmpty();
  }
}
