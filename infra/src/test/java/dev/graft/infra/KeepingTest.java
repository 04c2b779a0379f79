package dev.graft.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/** What is kept, for how long, and what upkeep comes by the calendar. */
final class KeepingTest {
  @TempDir Path root;

  @Test
  void terminationProtection_isOnUnlessDataIsNotKept() throws IOException {
    for (String file : List.of("functions/target/graft-functions.zip", "infra/edge/function.js")) {
      Path built = root.resolve(file);
      Files.createDirectories(Objects.requireNonNull(built.getParent()));
      Files.writeString(built, file);
    }
    assertThat(protection(Map.of())).isTrue();
    assertThat(protection(Map.of("keepData", "false"))).isFalse();
    assertThat(protection(Map.of("local", "true"))).isFalse();
    assertThat(protection(Map.of("local", "true", "keepData", "true"))).isTrue();
  }

  private boolean protection(Map<String, Object> context) {
    App app = new App(AppProps.builder().context(context).build());
    return Boolean.TRUE.equals(GraftApp.build(app, root).getTerminationProtection());
  }

  @Test
  void logs_ofEveryFunction_areKeptForAMonth() {
    for (Synthesized stack : List.of(Stacks.standard(), Stacks.withoutCdn())) {
      Map<String, Map<String, Object>> groups = stack.resources("AWS::Logs::LogGroup");
      requireAMonth(groups);
      Set<String> written = new HashSet<>();
      for (Map<String, Object> function : stack.resources("AWS::Lambda::Function").values()) {
        Map<String, Object> properties = Rendered.properties(function);
        written.add(Rendered.text(Rendered.map(properties.get("LoggingConfig")).get("LogGroup")));
      }
      assertThat(written)
          .hasSize(stack.resources("AWS::Lambda::Function").size())
          .containsExactlyInAnyOrderElementsOf(
              groups.keySet().stream().map(Rendered::name).toList());
    }
  }

  @Test
  void logs_ofAReplicaAndItsRepublishing_areKeptForAMonth() throws IOException {
    Path zip = Files.writeString(root.resolve("replica.zip"), "zip");
    Map<String, Map<String, Object>> groups =
        Stacks.republishedReplica(zip).findResources("AWS::Logs::LogGroup");
    assertThat(groups).hasSize(2);
    requireAMonth(groups);
  }

  private static void requireAMonth(Map<String, Map<String, Object>> groups) {
    assertThat(groups)
        .isNotEmpty()
        .allSatisfy((id, group) ->
            assertThat(Rendered.text(Rendered.properties(group).get("RetentionInDays")))
                .as(id)
                .isEqualTo("30"));
  }

  @Test
  void sweep_comesWeeklyToMaintenance() {
    Map<String, Map<String, Object>> schedules =
        Stacks.standard().resources("AWS::Scheduler::Schedule");
    assertThat(schedules).hasSize(1);
    Map<String, Object> weekly = Rendered.properties(schedules.values().iterator().next());
    assertThat(weekly.get("ScheduleExpression")).isEqualTo("rate(7 days)");
    assertThat(weekly.get("State")).isEqualTo("ENABLED");
    Map<String, Object> target = Rendered.map(weekly.get("Target"));
    assertThat(Rendered.text(target.get("Arn"))).isEqualTo("MaintenanceLive");
    assertThat(target.get("Input")).isEqualTo("{\"sweep\":true}");
    assertThat(Rendered.text(target.get("DeadLetterConfig"))).isEqualTo("{Arn=UpkeepFailures}");
  }

  @Test
  void failures_ofMaintenance_areTriedThriceAndKeptForTwoWeeks() {
    Map<String, Map<String, Object>> queues = Stacks.standard().resources("AWS::SQS::Queue");
    assertThat(queues).hasSize(1);
    assertThat(
            Rendered.text(
                Rendered.properties(queues.values().iterator().next())
                    .get("MessageRetentionPeriod")))
        .isEqualTo("1209600");
    Map<String, Map<String, Object>> invoked =
        Stacks.standard().resources("AWS::Lambda::EventInvokeConfig");
    assertThat(invoked).hasSize(1);
    Map<String, Object> config = Rendered.properties(invoked.values().iterator().next());
    assertThat(Rendered.text(config.get("FunctionName"))).isEqualTo("MaintenanceFunction");
    assertThat(Rendered.text(config.get("Qualifier"))).isEqualTo("MaintenanceLive by : at 7");
    assertThat(Rendered.text(config.get("MaximumRetryAttempts"))).isEqualTo("2");
    assertThat(Rendered.text(config.get("MaximumEventAgeInSeconds"))).isEqualTo("3600");
    assertThat(Rendered.text(config.get("DestinationConfig")))
        .isEqualTo("{OnFailure={Destination=UpkeepFailures}}");
  }
}
