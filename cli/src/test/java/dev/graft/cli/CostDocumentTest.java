package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bills in the document on operations are what the command prints. {@code
 * -Dgraft.walk.write=true} writes into it what is printed now; read the difference before you keep
 * it.
 */
class CostDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");

  @TempDir Path folder;

  @Test
  void bills_areWhatTheCommandPrints() throws IOException, InterruptedException {
    List<String> lines = Files.readAllLines(DOCUMENT);
    List<Walk.Step> steps = Walk.steps(lines);
    assertThat(steps)
        .hasSize(4)
        .allSatisfy(step -> assertThat(step.command()).startsWith("graft cost"));
    Walk walk = new Walk(folder.toRealPath());
    List<Walk.Difference> differences = new ArrayList<>();
    for (Walk.Step step : steps) {
      List<String> actual = walk.run(step);
      if (!step.expected().equals(actual)) {
        differences.add(new Walk.Difference(step, actual));
      }
    }
    if (Boolean.getBoolean("graft.walk.write")) {
      Files.write(DOCUMENT, Walk.rewritten(lines, differences));
      return;
    }
    assertThat(differences).isEmpty();
  }
}
