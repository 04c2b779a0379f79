package dev.graft.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * All that the roles of an installation may do, and nothing else, as tables: who, what, on what. A
 * right that comes or goes shows here as a line.
 */
final class RolesTest {
  private static final List<String> FUNCTIONS =
      List.of("Maintenance", "Commit", "Changes", "Volumes", "Tokens");

  /** Without the list of a bucket a missing key would be 403 and not 404. */
  private static final String EVERY_FUNCTION =
      """
      NAMERole is taken by {Service=lambda.amazonaws.com}
      NAMERole logs:CreateLogStream NAMELog
      NAMERole logs:PutLogEvents NAMELog
      NAMERole s3:ListBucket StoragePages
      NAMERole ssm:GetParameter arn:Partition:ssm:Region:AccountId:parameter/graft/Graft/keys
      """;

  private static final String WITH_A_LOG_BUCKET = "NAMERole s3:ListBucket StorageLog\n";

  private static final String WITH_A_KEY_READING = "NAMERole kms:Decrypt StorageKey\n";

  private static final String WITH_A_KEY_WRITING = "NAMERole kms:GenerateDataKey StorageKey\n";

  private static final String MAINTENANCE =
      """
      MaintenanceRole lambda:InvokeFunction MaintenanceFunction:live
      CommitRole lambda:InvokeFunction MaintenanceFunction:live
      ChangesRole lambda:InvokeFunction MaintenanceFunction:live
      VolumesRole lambda:InvokeFunction MaintenanceFunction:live
      TokensRole lambda:InvokeFunction MaintenanceFunction:live
      MaintenanceRole sqs:GetQueueAttributes UpkeepFailures
      MaintenanceRole sqs:GetQueueUrl UpkeepFailures
      MaintenanceRole sqs:SendMessage UpkeepFailures
      SchedulerRole is taken by {Service=scheduler.amazonaws.com}
      SchedulerRole lambda:InvokeFunction MaintenanceLive
      SchedulerRole sqs:SendMessage UpkeepFailures
      """;

  private static final String AT_THE_EDGE =
      """
      MaintenanceRole cloudfront-keyvaluestore:DescribeKeyValueStore EdgeKeys
      MaintenanceRole cloudfront-keyvaluestore:ListKeys EdgeKeys
      MaintenanceRole cloudfront-keyvaluestore:UpdateKeys EdgeKeys
      """;

  /** Whatever the number of buckets. */
  private static final String OBJECTS_OF_PAGES =
      """
      MaintenanceRole s3:GetObject StoragePages/volumes/*
      MaintenanceRole s3:GetObject StoragePages/auth/*
      MaintenanceRole s3:PutObject StoragePages/volumes/*/derived/*
      MaintenanceRole s3:PutObject StoragePages/volumes/*/segments/*
      MaintenanceRole s3:PutObject StoragePages/volumes/*/checkpoints/*
      MaintenanceRole s3:DeleteObject StoragePages/volumes/*
      CommitRole s3:GetObject StoragePages/volumes/*
      CommitRole s3:GetObject StoragePages/auth/*
      CommitRole s3:PutObject StoragePages/volumes/*/segments/*
      CommitRole s3:DeleteObject StoragePages/volumes/*/segments/*
      ChangesRole s3:GetObject StoragePages/volumes/*
      ChangesRole s3:GetObject StoragePages/auth/*
      ChangesRole s3:PutObject StoragePages/volumes/*/derived/*
      ChangesRole s3:PutObject StoragePages/volumes/*/segments/*
      ChangesRole s3:DeleteObject StoragePages/volumes/*/segments/*
      VolumesRole s3:GetObject StoragePages/volumes/*
      VolumesRole s3:GetObject StoragePages/auth/*
      VolumesRole s3:PutObject StoragePages/volumes/*
      VolumesRole s3:PutObject StoragePages/auth/*
      VolumesRole s3:DeleteObject StoragePages/volumes/*
      VolumesRole s3:DeleteObject StoragePages/auth/forks/*
      TokensRole s3:GetObject StoragePages/volumes/*/volume
      TokensRole s3:GetObject StoragePages/auth/*
      TokensRole s3:PutObject StoragePages/auth/*
      """;

  /** Commits and state lie there, too. */
  private static final String LOG_IN_THE_SAME_BUCKET =
      """
      MaintenanceRole s3:PutObject StoragePages/volumes/*/state/*
      CommitRole s3:PutObject StoragePages/volumes/*/log/*
      CommitRole s3:PutObject StoragePages/volumes/*/state/*
      """;

  private static final String LOG_IN_A_BUCKET_OF_ITS_OWN =
      """
      MaintenanceRole s3:GetObject StorageLog/volumes/*
      MaintenanceRole s3:PutObject StorageLog/volumes/*/state/*
      MaintenanceRole s3:DeleteObject StorageLog/volumes/*
      CommitRole s3:GetObject StorageLog/volumes/*
      CommitRole s3:PutObject StorageLog/volumes/*/log/*
      CommitRole s3:PutObject StorageLog/volumes/*/state/*
      ChangesRole s3:GetObject StorageLog/volumes/*
      VolumesRole s3:GetObject StorageLog/volumes/*
      VolumesRole s3:PutObject StorageLog/volumes/*
      VolumesRole s3:DeleteObject StorageLog/volumes/*
      """;

  private static final String OBJECTS_OF_RANGES =
      """
      RangesRole s3:GetObject StoragePages/volumes/*/segments/*
      RangesRole s3:GetObject StoragePages/auth/*
      RangesRole s3:GetObject StorageLog/volumes/*/log/*
      """;

  @Test
  void rights_withOneBucket_areTheseAndNoOthers() {
    assertThat(rights(Stacks.standard()))
        .containsExactlyInAnyOrderElementsOf(
            lines(
                ofEach(FUNCTIONS, EVERY_FUNCTION),
                MAINTENANCE,
                AT_THE_EDGE,
                OBJECTS_OF_PAGES,
                LOG_IN_THE_SAME_BUCKET));
  }

  @Test
  void rights_withTwoBucketsAndAKey_areTheseAndNoOthers() {
    assertThat(rights(Stacks.everything()))
        .containsExactlyInAnyOrderElementsOf(
            lines(
                ofEach(FUNCTIONS, EVERY_FUNCTION),
                ofEach(FUNCTIONS, WITH_A_LOG_BUCKET),
                ofEach(FUNCTIONS, WITH_A_KEY_READING),
                ofEach(FUNCTIONS, WITH_A_KEY_WRITING),
                MAINTENANCE,
                AT_THE_EDGE,
                OBJECTS_OF_PAGES,
                LOG_IN_A_BUCKET_OF_ITS_OWN));
  }

  @Test
  void rights_withoutCdn_areTheSameAndThoseToReadRanges() {
    List<String> ranges = List.of("Ranges");
    assertThat(rights(Stacks.withoutCdn()))
        .containsExactlyInAnyOrderElementsOf(
            lines(
                ofEach(FUNCTIONS, EVERY_FUNCTION),
                ofEach(FUNCTIONS, WITH_A_LOG_BUCKET),
                ofEach(FUNCTIONS, WITH_A_KEY_READING),
                ofEach(FUNCTIONS, WITH_A_KEY_WRITING),
                MAINTENANCE,
                OBJECTS_OF_PAGES,
                LOG_IN_A_BUCKET_OF_ITS_OWN,
                ofEach(ranges, EVERY_FUNCTION),
                ofEach(ranges, WITH_A_LOG_BUCKET),
                ofEach(ranges, WITH_A_KEY_READING),
                OBJECTS_OF_RANGES));
  }

  private static String ofEach(List<String> functions, String rights) {
    StringBuilder all = new StringBuilder();
    functions.forEach(name -> all.append(rights.replace("NAME", name)));
    return all.toString();
  }

  private static List<String> lines(String... tables) {
    return String.join("", tables).lines().toList();
  }

  @Test
  void functions_runAsTheRoleOfTheirName() {
    Map<String, String> runs = new TreeMap<>();
    for (Map<String, Object> function :
        Stacks.withoutCdn().resources("AWS::Lambda::Function").values()) {
      Map<String, Object> properties = Rendered.properties(function);
      runs.put(Rendered.text(properties.get("Handler")), Rendered.text(properties.get("Role")));
    }
    assertThat(runs)
        .isEqualTo(
            Map.of(
                "dev.graft.functions.MaintenanceFunction::handleRequest", "MaintenanceRole",
                "dev.graft.functions.CommitFunction::handleRequest", "CommitRole",
                "dev.graft.functions.ChangesFunction::handleRequest", "ChangesRole",
                "dev.graft.functions.VolumesFunction::handleRequest", "VolumesRole",
                "dev.graft.functions.TokensFunction::handleRequest", "TokensRole",
                "dev.graft.functions.RangesFunction::handleRequest", "RangesRole"));
  }

  private static List<String> rights(Synthesized stack) {
    TreeSet<String> lines = new TreeSet<>();
    stack
        .resources("AWS::IAM::Role")
        .forEach((id, role) -> {
          Map<String, Object> properties = Rendered.properties(role);
          assertThat(properties).doesNotContainKeys("Policies", "ManagedPolicyArns");
          for (Map<String, Object> statement :
              statements(properties.get("AssumeRolePolicyDocument"))) {
            lines.add(name(id) + " is taken by " + Rendered.text(statement.get("Principal")));
          }
        });
    for (Map<String, Object> policy : stack.resources("AWS::IAM::Policy").values()) {
      Map<String, Object> properties = Rendered.properties(policy);
      for (Map<String, Object> statement : statements(properties.get("PolicyDocument"))) {
        for (String role : Rendered.texts(properties.get("Roles"))) {
          addAll(lines, role, statement);
        }
      }
    }
    assertThat(stack.resources("AWS::IAM::ManagedPolicy")).isEmpty();
    return List.copyOf(lines);
  }

  private static void addAll(TreeSet<String> lines, String role, Map<String, Object> statement) {
    assertThat(statement).containsOnlyKeys("Action", "Effect", "Resource");
    assertThat(statement.get("Effect")).isEqualTo("Allow");
    for (String action : Rendered.texts(statement.get("Action"))) {
      for (String resource : Rendered.texts(statement.get("Resource"))) {
        lines.add(name(role) + " " + action + " " + resource);
      }
    }
  }

  /** The scheduler's role has a name that tells its target by a hash. */
  private static String name(String role) {
    return Rendered.name(role).replaceFirst("RoleForTarget[0-9a-f]+$", "Role");
  }

  private static List<Map<String, Object>> statements(@Nullable Object document) {
    return Rendered.maps(Rendered.map(document).get("Statement"));
  }
}
