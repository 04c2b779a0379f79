package dev.graft.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The app under the CDK tool that {@code package.json} pins: what the tool itself puts into the
 * context is let through, without an account and with every proxy out of reach. {@code npm ci}
 * installs it; where it is not there this is skipped, unless GRAFT_CDK is {@code required}.
 */
class CdkToolTest {
  private static final Path TOOL = Path.of("..", "node_modules", ".bin", "cdk").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir private Path folder;

  private record Ran(int status, String said) {}

  @BeforeEach
  void requireTool() throws IOException {
    boolean there = Files.exists(TOOL);
    if (!"required".equals(System.getenv("GRAFT_CDK"))) {
      assumeTrue(there, "the CDK tool is not installed: 'npm ci' does that");
    }
    assertThat(there).as("the CDK tool is installed").isTrue();
    for (String built : List.of("functions/target/graft-functions.zip", "infra/edge/function.js")) {
      Path file = folder.resolve(built);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "x");
    }
  }

  private Ran synth(String... choices) throws IOException, InterruptedException {
    String app =
        "\"%s\" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \"-Dgraft.root=%s\" -cp \"%s\" %s"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                folder,
                System.getProperty("java.class.path"),
                GraftApp.class.getName());
    List<String> command =
        new ArrayList<>(List.of(TOOL.toString(), "synth", "-q", "--app", app, "-o", "out"));
    for (String choice : choices) {
      command.addAll(List.of("-c", choice));
    }
    File said = folder.resolve("said.txt").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
    builder.environment().put("HTTPS_PROXY", "http://127.0.0.1:9");
    builder.environment().put("CDK_DISABLE_CLI_TELEMETRY", "1");
    Process process = builder.start();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("cdk did not end within " + PATIENCE);
    }
    return new Ran(
        process.exitValue(), Files.readString(said.toPath(), StandardCharsets.UTF_8).strip());
  }

  @Test
  void synth_underTheTool_writesTheTemplate() throws Exception {
    Ran ran = synth("local=true", "retention=30d", "concurrency=100");
    assertThat(ran.status()).as(ran.said()).isZero();
    assertThat(folder.resolve("out/Graft.template.json"))
        .content()
        .contains("PT720H", "\"ReservedConcurrentExecutions\": 100");
  }

  @Test
  void synth_ofAMisspeltName_failsWithTheSentence() throws Exception {
    Ran ran = synth("retension=30d");
    assertThat(ran.status()).isNotZero();
    assertThat(ran.said())
        .contains("graft: nothing is chosen by the name retension: write retention;");
  }
}
