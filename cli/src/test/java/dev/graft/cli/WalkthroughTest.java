package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The walk in the documents prints what it says. {@code -Dgraft.walk.write=true} writes into it
 * what is printed now; read the difference before you keep it.
 */
@Timeout(120)
class WalkthroughTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "walkthrough.md");

  @TempDir Path folder;

  @Test
  void walkthrough_printsWhatItSays() throws IOException, InterruptedException {
    List<String> lines = Files.readAllLines(DOCUMENT);
    List<Walk.Step> steps = Walk.steps(lines);
    assertThat(steps).hasSizeGreaterThan(20);
    Walk walk = new Walk(folder.toRealPath());
    List<Walk.Difference> differences = new ArrayList<>();
    for (Walk.Step step : steps) {
      List<String> actual = walk.run(step);
      if (!Walk.agree(step.expected(), actual)) {
        differences.add(new Walk.Difference(step, actual));
      }
    }
    if (Boolean.getBoolean("graft.walk.write")) {
      Files.write(DOCUMENT, Walk.rewritten(lines, differences));
      return;
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void walk_noticesEveryDifference() {
    assertThat(
            Walk.agree(
                List.of("a 1.5 s at 2026-01-02T03:04:05Z"),
                List.of("a 17 s at 2026-11-21T00:00:00.123Z")))
        .isTrue();
    assertThat(Walk.agree(List.of("a ... c"), List.of("a b c"))).isTrue();
    assertThat(Walk.agree(List.of("a"), List.of("b"))).isFalse();
    assertThat(Walk.agree(List.of("a"), List.of("a", "b"))).isFalse();
    assertThat(Walk.agree(List.of("a", "b"), List.of("a"))).isFalse();
    assertThat(Walk.agree(List.of("2 pages"), List.of("3 pages"))).isFalse();
  }

  @Test
  void document_isTakenApartAndPutTogether() {
    List<String> lines =
        List.of(
            "text", "```console", "$ one 'a b'", "old", "$ two", "```", "$ none", "```java", "```");
    List<Walk.Step> steps = Walk.steps(lines);
    assertThat(steps).extracting(Walk.Step::command).containsExactly("one 'a b'", "two");
    assertThat(Walk.words("one 'a b' \"c'd\" ''")).containsExactly("one", "a b", "c'd", "");
    assertThat(
            Walk.rewritten(
                lines, List.of(new Walk.Difference(steps.getFirst(), List.of("new", "er")))))
        .startsWith("text", "```console", "$ one 'a b'", "new", "er", "$ two");
  }
}
