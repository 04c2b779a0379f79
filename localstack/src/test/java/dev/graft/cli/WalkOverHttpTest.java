package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.FileObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.localstack.Stack;
import dev.graft.localstack.StackOptions;
import dev.graft.s3.HostS3;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import dev.graft.s3.fake.FakeS3;
import dev.graft.s3.fake.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
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
  private static final InstantSource CLOCK = InstantSource.system();
  private static final long SEED = 11;
  private static final double FAULT_RATE = 0.02;

  @TempDir Path folder;

  @Test
  void walkthrough_overAFolder_printsWhatItSays() throws IOException, InterruptedException {
    walk(FileObjectStore.open(folder.resolve("graft-store"), CLOCK));
  }

  @Test
  void walkthrough_overTheFakeS3WithFaults_printsWhatItSays()
      throws IOException, InterruptedException {
    try (FakeS3 fake = FakeS3.start();
        S3ObjectStore store = S3ObjectStore.open(fake.newBucket(), FakeS3.credentials(), CLOCK)) {
      Fault[] faults = EnumSet.complementOf(EnumSet.of(Fault.FLIPPED_BIT)).toArray(Fault[]::new);
      fake.faults().delay(Duration.ofMillis(5)).sometimes(SEED, FAULT_RATE, faults);
      walk(store);
      assertThat(fake.faults().hits()).isPositive();
    }
  }

  @Test
  void walkthrough_overLocalStack_printsWhatItSays() throws IOException, InterruptedException {
    Assumptions.assumeTrue(HostS3.start().isPresent(), "skipped: LocalStack cannot be had here");
    S3Settings bucket = HostS3.start().orElseThrow().newBucket();
    try (S3ObjectStore store = S3ObjectStore.open(bucket, HostS3.credentials(), CLOCK)) {
      walk(store);
    }
  }

  private void walk(ObjectStore store) throws IOException, InterruptedException {
    StackOptions options = StackOptions.of(store);
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
