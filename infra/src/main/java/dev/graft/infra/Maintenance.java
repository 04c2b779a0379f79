package dev.graft.infra;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.cloudfront.KeyValueStore;
import software.amazon.awscdk.services.events.EventPattern;
import software.amazon.awscdk.services.events.Rule;
import software.amazon.awscdk.services.events.RuleTargetInput;
import software.amazon.awscdk.services.events.targets.LambdaFunction;
import software.amazon.awscdk.services.iam.Policy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.lambda.EventInvokeConfigOptions;
import software.amazon.awscdk.services.lambda.destinations.SqsDestination;
import software.amazon.awscdk.services.scheduler.Schedule;
import software.amazon.awscdk.services.scheduler.ScheduleExpression;
import software.amazon.awscdk.services.scheduler.ScheduleTargetInput;
import software.amazon.awscdk.services.scheduler.TimeWindow;
import software.amazon.awscdk.services.scheduler.targets.LambdaInvoke;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.constructs.Construct;

/**
 * Who keeps volumes quick: the commit that completes a block invokes the maintenance function, not
 * waiting for it, and maintenance invokes itself for what does not fit one run. A weekly sweep is
 * only a net. What failed three times, and what could not be begun, is kept in a queue for two
 * weeks.
 */
final class Maintenance extends Construct {
  /** The most that EventBridge tries again: nobody tells twice that the key ring has changed. */
  private static final int MOST_RETRIES = 185;

  private final Queue failures;

  Maintenance(Construct scope, String id, Map<Role, ServerFunction> functions) {
    super(scope, id);
    ServerFunction maintenance = function(functions, Role.MAINTENANCE);
    failures =
        Queue.Builder.create(this, "Failures")
            .encryption(QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            .retentionPeriod(Duration.days(14))
            .build();
    maintenance
        .alias()
        .configureAsyncInvoke(
            EventInvokeConfigOptions.builder()
                .retryAttempts(2)
                .maxEventAge(Duration.hours(1))
                .onFailure(new SqsDestination(failures))
                .build());
    // A policy of its own: in that of the role, which the function waits for, it would be a circle.
    Policy invoke =
        Policy.Builder.create(this, "Invoke")
            .statements(
                List.of(
                    PolicyStatement.Builder.create()
                        .actions(List.of("lambda:InvokeFunction"))
                        .resources(List.of(maintenance.function().getFunctionArn() + ":live"))
                        .build()))
            .build();
    for (Role caller :
        List.of(Role.COMMIT, Role.CHANGES, Role.VOLUMES, Role.TOKENS, Role.MAINTENANCE)) {
      function(functions, caller).identity().attachInlinePolicy(invoke);
    }
    Schedule.Builder.create(this, "Weekly")
        .description("Graft: looks for missing rollups, checkpoints and trims")
        .schedule(ScheduleExpression.rate(Duration.days(7)))
        .timeWindow(TimeWindow.flexible(Duration.hours(4)))
        .target(
            LambdaInvoke.Builder.create(maintenance.alias())
                .input(ScheduleTargetInput.fromObject(Map.of("sweep", true)))
                .deadLetterQueue(failures)
                .retryAttempts(2)
                .build())
        .build();
  }

  /**
   * Has the key ring and what is revoked brought to the edge: asked for by those who revoke, and
   * whenever the parameter of the key ring changes.
   *
   * @param keys the edge's store: the one thing that is changed there
   * @param parameter the name of the key ring
   */
  void bringToEdge(KeyValueStore keys, String parameter, Map<Role, ServerFunction> functions) {
    ServerFunction maintenance = function(functions, Role.MAINTENANCE);
    maintenance
        .identity()
        .addToPolicy(
            PolicyStatement.Builder.create()
                .actions(
                    List.of(
                        "cloudfront-keyvaluestore:DescribeKeyValueStore",
                        "cloudfront-keyvaluestore:ListKeys",
                        "cloudfront-keyvaluestore:UpdateKeys"))
                .resources(List.of(keys.getKeyValueStoreArn()))
                .build());
    for (Role role : List.of(Role.MAINTENANCE, Role.TOKENS, Role.VOLUMES)) {
      function(functions, role)
          .function()
          .addEnvironment("GRAFT_EDGE_KEYS", keys.getKeyValueStoreArn());
    }
    Rule.Builder.create(this, "KeysChanged")
        .description("Graft: brings a changed key ring to the edge")
        .eventPattern(
            EventPattern.builder()
                .source(List.of("aws.ssm"))
                .detailType(List.of("Parameter Store Change"))
                .detail(
                    Map.of("name", List.of(parameter), "operation", List.of("Create", "Update")))
                .build())
        .targets(
            List.of(
                LambdaFunction.Builder.create(maintenance.alias())
                    .event(RuleTargetInput.fromObject(Map.of("task", "edge")))
                    .deadLetterQueue(failures)
                    .retryAttempts(MOST_RETRIES)
                    .maxEventAge(Duration.hours(24))
                    .build()))
        .build();
  }

  private static ServerFunction function(Map<Role, ServerFunction> functions, Role role) {
    ServerFunction function = functions.get(role);
    if (function == null) {
      throw new IllegalStateException("no function for " + role);
    }
    return function;
  }

  /** What failed three times: the first try and two more. */
  Queue failures() {
    return failures;
  }
}
