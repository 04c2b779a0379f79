package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.FileObjectStore;
import dev.graft.localstack.Stack;
import dev.graft.localstack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The walk of docs/walkthrough.md, command by command, on a remote over HTTP in the place of the
 * store's folder: it prints the same. Where the walk takes the store away the stack is stopped, and
 * the push that fails there fails with another sentence.
 */
@Timeout(120)
class WalkOverHttpTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "walkthrough.md");
  private static final String FOLDER = "folder:graft-store";

  @TempDir Path folder;

  @Test
  void walkthrough_overHttp_printsWhatItSays() throws IOException, InterruptedException {
    StackOptions options =
        StackOptions.of(
            FileObjectStore.open(folder.resolve("graft-store"), InstantSource.system()));
    Stack stack = Stack.start(options);
    String address = stack.address().toString();
    Walk walk = new Walk(folder.toRealPath());
    List<Walk.Difference> differences = new ArrayList<>();
    int compared = 0;
    boolean away = false;
    int failedPushes = 0;
    try {
      for (Walk.Step step : Walk.steps(Files.readAllLines(DOCUMENT))) {
        switch (step.command()) {
          case "mv graft-store out-of-reach" -> {
            stack.close();
            away = true;
          }
          case "mv out-of-reach graft-store" -> {
            stack = Stack.start(options.withPort(stack.address().getPort()));
            away = false;
          }
          default -> {
            List<String> actual = walk.run(overHttp(step, address));
            boolean ofTheFolder = step.expected().stream().anyMatch(l -> l.contains("graft-store"));
            if (away && step.command().equals("graft push bob")) {
              assertThat(actual).singleElement().asString().contains("cannot reach " + address);
              failedPushes++;
            } else if (!ofTheFolder && !(away && step.command().equals("echo $?"))) {
              compared++;
              if (!Walk.agree(step.expected(), actual)) {
                differences.add(new Walk.Difference(step, actual));
              }
            }
          }
        }
      }
      assertThat(differences).isEmpty();
      assertThat(compared).isGreaterThan(60);
      assertThat(failedPushes).isEqualTo(1);
      assertThat(stack.invocations()).isPositive();
    } finally {
      stack.close();
    }
  }

  private static Walk.Step overHttp(Walk.Step step, String address) {
    String command =
        step.command().startsWith("graft init ")
            ? step.command() + " --remote " + address
            : step.command().replace(FOLDER, address);
    return new Walk.Step(step.line(), command, step.expected());
  }
}
