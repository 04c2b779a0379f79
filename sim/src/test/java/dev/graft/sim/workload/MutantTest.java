package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.judge.Violation.Kind;
import java.lang.classfile.CodeBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bugs in the midst of the client, most of them of its rule of merges, are found by the workload
 * that is about them, and nothing is found there without them. None of them needs a fault; {@link
 * FaultyMutantTest} has those that do.
 */
class MutantTest {
  private static final int SEEDS = 8;
  private static final int QUIET_SEEDS = 2;
  private static final String FOOTPRINT = "dev.graft.client.Footprint";

  /**
   * A bug.
   *
   * @param workload that finds it
   * @param kind what it leads to
   */
  record Planted(Mutant mutant, String workload, Kind kind) {
    @Override
    public String toString() {
      return mutant + ", " + workload;
    }
  }

  private static final Consumer<CodeBuilder> YES = code -> code.pop().iconst_1();

  static Stream<Planted> planted() {
    return Stream.of(
        // A merge takes no notice of what was cut off.
        new Planted(
            new Mutant(FOOTPRINT, "of", "union", 1, CodeBuilder::pop),
            "cut-and-grow",
            Kind.MERGED_OVER_CHANGE),
        // Nor of another page count.
        new Planted(
            new Mutant(FOOTPRINT, "isUntouchedBy", "equals", 1, code -> code.pop2().iconst_1()),
            "cut-and-grow",
            Kind.MERGED_OVER_CHANGE),
        // Nor of what was read.
        new Planted(
            new Mutant(FOOTPRINT, "isUntouchedBy", "isEmpty", 1, YES),
            "merge",
            Kind.MERGED_OVER_CHANGE),
        // Nor of what was written.
        new Planted(
            new Mutant(FOOTPRINT, "isUntouchedBy", "isEmpty", 2, YES),
            "merge",
            Kind.MERGED_OVER_CHANGE),
        // A local commit is acknowledged before readers are given it.
        new Planted(
            new Mutant("dev.graft.client.Line", "commit", "publish", 1, CodeBuilder::pop),
            "offline",
            Kind.REGRESSION),
        // A local commit forgets which pages those below it have changed.
        new Planted(
            new Mutant("dev.graft.client.Line", "onTop", "lay", 1, CodeBuilder::pop),
            "merging-pushes",
            Kind.CLAIM));
  }

  private static List<String> findings(
      BiFunction<String, Long, String> trial, String workload, int seeds) {
    List<String> findings = new ArrayList<>();
    for (long seed = 1; seed <= seeds && findings.isEmpty(); seed++) {
      trial.apply(workload, seed).lines().forEach(findings::add);
    }
    return findings;
  }

  @ParameterizedTest
  @MethodSource("planted")
  void play_mutant_isFoundAndNothingWithoutIt(Planted planted) throws Exception {
    assertThat(findings(planted.mutant.trial(), planted.workload, SEEDS))
        .as("with the bug")
        .anyMatch(found -> found.startsWith(planted.kind.name()));
    assertThat(findings(new Trial(), planted.workload, QUIET_SEEDS))
        .as("without the bug")
        .isEmpty();
  }
}
