package dev.graft.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.assertions.Annotations;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.IBucket;

final class GraftReadReplicaTest {
  private static final String VOLUME = "vol-01234567890123456789abcdef";

  @TempDir Path folder;

  @Test
  void replica_readsItsVolumeAloneAndIsTakenAnewOnASchedule() throws IOException {
    Path zip = Files.createFile(folder.resolve("replica.zip"));
    Stack stack = new Stack(new App(), "Mine");
    IBucket bucket = Bucket.fromBucketName(stack, "Pages", "pages-of-mine");
    GraftReadReplica replica =
        new GraftReadReplica(
            stack,
            "Replica",
            ReadReplica.of(VOLUME, bucket, zip).republishedEvery(Duration.ofHours(12)));
    assertThat(replica.alarms()).hasSize(6);
    Aspects.of(stack).add(AwsSolutionsChecks.Builder.create().build());
    Template template = Template.fromStack(stack);
    template.hasResourceProperties(
        "AWS::Lambda::Function",
        Map.of(
            "Runtime",
            "java25",
            "Handler",
            "dev.graft.replica.ReplicaFunction::handleRequest",
            "SnapStart",
            Map.of("ApplyOn", "PublishedVersions"),
            "Environment",
            Map.of(
                "Variables",
                Match.objectLike(
                    Map.of("GRAFT_VOLUME", VOLUME, "GRAFT_BUCKET", "pages-of-mine")))));
    template.hasResourceProperties(
        "AWS::Lambda::Url", Map.of("AuthType", "AWS_IAM", "Qualifier", "live"));
    String policies = String.valueOf(template.findResources("AWS::IAM::Policy"));
    assertThat(policies)
        .contains("volumes/" + VOLUME + "/*")
        .doesNotContain("s3:Put")
        .doesNotContain("s3:Delete");
    template.hasResourceProperties(
        "AWS::Scheduler::Schedule", Map.of("ScheduleExpression", "rate(12 hours)"));
    Map<String, Object> machine =
        template.findResources("AWS::StepFunctions::StateMachine").values().iterator().next();
    assertThat(String.valueOf(machine))
        .contains("updateFunctionConfiguration", "publishVersion", "updateAlias")
        .contains("GRAFT_REPUBLISHED");
    Annotations.fromStack(stack).hasNoError("*", Match.stringLikeRegexp("AwsSolutions-.*"));
  }

  @Test
  void alarms_tellOfErrorsThrottlesSlowAnswersAndSnapshotsThatFail() throws IOException {
    Path zip = Files.createFile(folder.resolve("replica.zip"));
    Stack stack = new Stack(new App(), "Mine");
    IBucket bucket = Bucket.fromBucketName(stack, "Pages", "pages-of-mine");
    ReadReplica seldom = ReadReplica.of(VOLUME, bucket, zip);
    assertThat(new GraftReadReplica(stack, "Alone", seldom).alarms()).hasSize(3);
    new GraftReadReplica(stack, "Anew", seldom.republishedEvery(Duration.ofHours(1)));
    Template template = Template.fromStack(stack);
    for (String metric : List.of("Errors", "Throttles")) {
      template.resourcePropertiesCountIs(
          "AWS::CloudWatch::Alarm",
          Map.of("Namespace", "AWS/Lambda", "MetricName", metric, "Statistic", "Sum"),
          2);
    }
    template.resourcePropertiesCountIs(
        "AWS::CloudWatch::Alarm",
        Map.of("MetricName", "Duration", "ExtendedStatistic", "p95", "Threshold", 8_000),
        2);
    for (String metric : List.of("ExecutionsFailed", "ExecutionsTimedOut")) {
      template.hasResourceProperties(
          "AWS::CloudWatch::Alarm", Map.of("Namespace", "AWS/States", "MetricName", metric));
    }
    template.hasResourceProperties(
        "AWS::CloudWatch::Alarm",
        Map.of("Namespace", "AWS/SQS", "MetricName", "ApproximateNumberOfMessagesVisible"));
    template.hasResourceProperties(
        "AWS::Scheduler::Schedule",
        Map.of(
            "Target",
            Match.objectLike(
                Map.of(
                    "DeadLetterConfig", Match.anyValue(),
                    "RetryPolicy", Map.of("MaximumRetryAttempts", 2)))));
  }

  @Test
  void volume_thatIsNoneIsRefused() {
    Stack stack = new Stack(new App(), "Mine");
    IBucket bucket = Bucket.fromBucketName(stack, "Pages", "pages-of-mine");
    assertThatThrownBy(() -> ReadReplica.of("shop", bucket, folder))
        .hasMessageContaining("'shop' is no volume");
  }

  @Test
  void replica_thatCannotBeDeployed_isRefusedWithASentence() {
    Stack stack = new Stack(new App(), "Mine");
    IBucket bucket = Bucket.fromBucketName(stack, "Pages", "pages-of-mine");
    ReadReplica plain = ReadReplica.of(VOLUME, bucket, folder);
    assertThatThrownBy(() -> plain.republishedEvery(Duration.ofMinutes(5)))
        .hasMessage(
            "a new snapshot every 300 s: one takes minutes, so it has to be 30 minutes or more");
    assertThatThrownBy(() -> like(plain, List.of("parent"), 1_769, Map.of()))
        .hasMessageContaining("'parent' is no volume");
    assertThatThrownBy(() -> like(plain, List.of(), 128, Map.of()))
        .hasMessage("a replica with 128 MB: it has to be 512 to 10240");
    assertThatThrownBy(() -> like(plain, List.of(), 1_769, Map.of("long", "x".repeat(3_500))))
        .hasMessageStartingWith("statements, prime and hydrate of a replica take 3513 bytes");
  }

  private static ReadReplica like(
      ReadReplica plain, List<String> ancestors, int memoryMb, Map<String, String> statements) {
    return new ReadReplica(
        plain.volume(),
        ancestors,
        plain.pages(),
        plain.log(),
        plain.artifact(),
        memoryMb,
        plain.freshness(),
        statements,
        plain.prime(),
        plain.hydrate(),
        plain.republishEvery());
  }

  @Test
  void texts_becomeJson() {
    assertThat(Json.array(List.of("a\"b", "c\\d\n\u0001")))
        .isEqualTo("[\"a\\\"b\",\"c\\\\d\\n\\u0001\"]");
    assertThat(Json.object(new TreeMap<>(Map.of("b", "2", "a", "1"))))
        .isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
  }
}
