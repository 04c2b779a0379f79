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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.IBucket;

/**
 * The templates before cfn-lint, which knows what CloudFormation takes. It is installed by {@code
 * infra/lint install}; where it is not there this is skipped, unless GRAFT_CFNLINT is {@code
 * required}.
 */
class TemplateLintTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir private Path folder;

  private record Ran(int status, String said) {}

  private Ran lint(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("./lint"));
    command.addAll(List.of(arguments));
    File said = folder.resolve("said.txt").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said).start();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("infra/lint did not end within " + PATIENCE);
    }
    return new Ran(
        process.exitValue(), Files.readString(said.toPath(), StandardCharsets.UTF_8).strip());
  }

  private void requireLinter() throws IOException, InterruptedException {
    boolean there = lint("has").status() == 0;
    if (!"required".equals(System.getenv("GRAFT_CFNLINT"))) {
      assumeTrue(there, "cfn-lint is not installed: 'infra/lint install' does that");
    }
    assertThat(there).as("cfn-lint is installed").isTrue();
  }

  @Test
  void templates_ofEveryKindOfInstallation_areWhatCloudFormationTakes() throws Exception {
    requireLinter();
    List<String> command = new ArrayList<>(List.of("check"));
    command.add(Synthesized.of(installation -> installation).file().toString());
    command.add(Synthesized.of(TemplateLintTest::withEverything).file().toString());
    command.add(Synthesized.of(TemplateLintTest::withoutCdn).file().toString());
    command.add(replica().toString());
    Ran ran = lint(command.toArray(new String[0]));
    assertThat(ran.said()).isEmpty();
    assertThat(ran.status()).isZero();
  }

  @Test
  void template_withAnErrorInIt_isFound() throws Exception {
    requireLinter();
    Path wrong = folder.resolve("wrong.json");
    Files.writeString(
        wrong,
        "{\"Resources\": {\"Pages\": {\"Type\": \"AWS::S3::Bucket\","
            + " \"Properties\": {\"BucketNam\": \"pages\"}}}}");
    Ran ran = lint("check", wrong.toString());
    assertThat(ran.status()).isNotZero();
    assertThat(ran.said()).contains("BucketNam");
  }

  private Path replica() throws IOException {
    Path zip = Files.createFile(folder.resolve("replica.zip"));
    App app = new App();
    Stack stack = new Stack(app, "Mine");
    IBucket bucket = Bucket.fromBucketName(stack, "Pages", "pages-of-mine");
    new GraftReadReplica(
        stack,
        "Replica",
        ReadReplica.of("vol-01234567890123456789abcdef", bucket, zip)
            .republishedEvery(Duration.ofHours(12)));
    return Path.of(app.synth().getDirectory()).resolve("Mine.template.json");
  }

  private static Installation withEverything(Installation i) {
    return new Installation(
        Optional.of(
            new Installation.Domain(
                "graft.example.com",
                "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012")),
        Duration.ofDays(30),
        Installation.Encryption.SSE_KMS,
        Installation.Stores.TWO,
        Optional.of(new Installation.Reserved(50, 1_000)),
        Optional.of("somebody@example.com"),
        true,
        true,
        true,
        i.functions(),
        i.edgeFunction());
  }

  private static Installation withoutCdn(Installation i) {
    return new Installation(
        i.domain(),
        i.retention(),
        i.encryption(),
        i.stores(),
        i.concurrency(),
        i.alarmMail(),
        false,
        false,
        i.accessLogs(),
        i.functions(),
        i.edgeFunction());
  }
}
