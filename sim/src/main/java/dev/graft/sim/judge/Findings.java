package dev.graft.sim.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Collects violations; of each kind the first ones, for one cause shows itself many times. */
final class Findings {
  private static final int MAX_OF_KIND = 20;

  private final List<Violation> violations = new ArrayList<>();

  void add(Violation.Kind kind, String sentence, int... lines) {
    List<Integer> known = IntStream.of(lines).filter(line -> line > 0).distinct().boxed().toList();
    if (violations.stream().filter(found -> found.kind() == kind).count() < MAX_OF_KIND) {
      violations.add(new Violation(kind, known, sentence));
    }
  }

  List<Violation> inOrder() {
    List<Violation> sorted = new ArrayList<>(violations);
    sorted.sort(
        Comparator.comparingInt(
            found -> found.lines().isEmpty() ? Integer.MAX_VALUE : found.lines().getFirst()));
    return sorted;
  }
}
