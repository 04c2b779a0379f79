package dev.graft.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.assertions.Template;

/**
 * What a template opens to others: looked at over all that can be chosen, and a replica with all
 * that it can have.
 */
final class ExposureTest {
  private static Template everything;
  private static Template replica;

  @BeforeAll
  static void synthesize(@TempDir Path folder) throws Exception {
    everything = Synthesized.of(ExposureTest::withEverything).template();
    Path zip = Files.createFile(folder.resolve("replica.zip"));
    replica = Stacks.republishedReplica(zip);
  }

  private static Installation withEverything(Installation i) {
    String certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    return new Installation(
        Optional.of(new Installation.Domain("graft.example.com", certificate)),
        i.retention(),
        Installation.Encryption.SSE_KMS,
        Installation.Stores.TWO,
        Optional.of(new Installation.Reserved(5, 1_000)),
        Optional.of("somebody@example.com"),
        true,
        true,
        true,
        i.functions(),
        i.edgeFunction());
  }

  /** A statement of some policy, and what it belongs to. */
  private record Statement(String type, Map<String, Object> of) {
    boolean allows() {
      return "Allow".equals(of.get("Effect"));
    }
  }

  private static List<Statement> statements() {
    List<Statement> statements = new ArrayList<>();
    for (Template template : List.of(everything, replica)) {
      for (Object resource : map(template.toJSON().get("Resources")).values()) {
        String type = String.valueOf(map(resource).get("Type"));
        Object properties = map(resource).get("Properties");
        for (String name : List.of("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument")) {
          if (properties != null && map(properties).get(name) != null) {
            for (Object one : list(map(map(properties).get(name)).get("Statement"))) {
              statements.add(new Statement(type, map(one)));
            }
          }
        }
      }
    }
    return statements;
  }

  @Test
  void nothing_isOpenToEverybody() {
    List<Statement> allowed =
        statements().stream().filter(s -> s.allows() && s.of().containsKey("Principal")).toList();
    assertThat(allowed).hasSizeGreaterThan(15);
    assertThat(allowed)
        .allSatisfy(statement ->
            assertThat(String.valueOf(statement.of().get("Principal"))).doesNotContain("*"));
    // Whoever is not a role's own service is told apart by account or source.
    assertThat(allowed)
        .filteredOn(statement -> String.valueOf(statement.of()).contains("Service="))
        .filteredOn(statement -> !statement.type().equals("AWS::IAM::Role"))
        .hasSizeGreaterThan(4)
        .allSatisfy(statement ->
            assertThat(String.valueOf(statement.of().get("Condition")))
                .containsAnyOf("SourceArn", "SourceAccount"));
  }

  @Test
  void permissionsOfFunctions_nameWhoAsks() {
    for (Template template : List.of(everything, replica)) {
      for (Map<String, Object> permission :
          template.findResources("AWS::Lambda::Permission").values()) {
        Map<String, Object> properties = map(permission.get("Properties"));
        assertThat(properties).containsKey("SourceArn");
        assertThat(String.valueOf(properties.get("Principal"))).isNotEqualTo("*");
      }
      for (Map<String, Object> url : template.findResources("AWS::Lambda::Url").values()) {
        assertThat(map(url.get("Properties"))).containsEntry("AuthType", "AWS_IAM");
      }
    }
    replica.resourceCountIs("AWS::Lambda::Permission", 0);
    replica.resourceCountIs("AWS::Lambda::Url", 1);
  }

  @Test
  void rightsOfRoles_haveNoWildcardButWhatIsArguedFor() {
    List<String> wide = new ArrayList<>();
    for (Statement statement : statements()) {
      if (!statement.type().equals("AWS::IAM::Policy")) {
        continue;
      }
      boolean everywhere = list(statement.of().get("Resource")).contains("*");
      boolean everything = String.valueOf(statement.of().get("Action")).contains("*");
      if (everywhere || everything) {
        assertThat(everything).isFalse();
        list(statement.of().get("Action")).forEach(action -> wide.add(action.toString()));
      }
    }
    // What CDK gives a state machine for its log and traces: these actions know no resources.
    assertThat(wide)
        .isNotEmpty()
        .allMatch(action -> action.startsWith("logs:") || action.startsWith("xray:"));
  }

  @Test
  void buckets_areClosedAndLogsAreDelivered() {
    assertThat(everything.findResources("AWS::S3::Bucket").values())
        .hasSize(3)
        .allSatisfy(bucket ->
            assertThat(map(map(bucket.get("Properties")).get("PublicAccessBlockConfiguration")))
                .containsOnlyKeys(
                    "BlockPublicAcls",
                    "BlockPublicPolicy",
                    "IgnorePublicAcls",
                    "RestrictPublicBuckets")
                .doesNotContainValue(false));
    // CloudFront writes its logs by an access list, S3 by the policy; both have to be let in.
    assertThat(everything.findResources("AWS::S3::Bucket").toString())
        .contains("ObjectOwnership=BucketOwnerPreferred");
    assertThat(statements())
        .filteredOn(s -> String.valueOf(s.of().get("Principal")).contains("logging.s3"))
        .hasSize(2)
        .allSatisfy(s -> assertThat(s.of().get("Action")).isEqualTo("s3:PutObject"));
    // What denies a put without a condition stands on the buckets of the store alone.
    assertThat(statements())
        .filteredOn(s -> "PutIfAbsentOnly".equals(s.of().get("Sid")))
        .hasSize(2);
  }

  @Test
  void maintenance_maySendWhatFailedToItsQueue() {
    assertThat(statements())
        .filteredOn(s -> s.type().equals("AWS::IAM::Policy"))
        .filteredOn(s -> String.valueOf(s.of().get("Action")).contains("sqs:SendMessage"))
        .hasSize(3);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  private static List<Object> list(@Nullable Object value) {
    return value instanceof List<?> many
        ? List.copyOf(many)
        : List.of(Objects.requireNonNull(value));
  }
}
