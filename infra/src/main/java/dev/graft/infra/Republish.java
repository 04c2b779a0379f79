package dev.graft.infra;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.scheduler.Schedule;
import software.amazon.awscdk.services.scheduler.ScheduleExpression;
import software.amazon.awscdk.services.scheduler.TimeWindow;
import software.amazon.awscdk.services.scheduler.targets.StepFunctionsStartExecution;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.amazon.awscdk.services.stepfunctions.Choice;
import software.amazon.awscdk.services.stepfunctions.Condition;
import software.amazon.awscdk.services.stepfunctions.DefinitionBody;
import software.amazon.awscdk.services.stepfunctions.Fail;
import software.amazon.awscdk.services.stepfunctions.IChainable;
import software.amazon.awscdk.services.stepfunctions.JsonPath;
import software.amazon.awscdk.services.stepfunctions.LogLevel;
import software.amazon.awscdk.services.stepfunctions.LogOptions;
import software.amazon.awscdk.services.stepfunctions.StateMachine;
import software.amazon.awscdk.services.stepfunctions.Wait;
import software.amazon.awscdk.services.stepfunctions.WaitTime;
import software.amazon.awscdk.services.stepfunctions.tasks.CallAwsService;
import software.constructs.Construct;

/**
 * Takes a new snapshot of a replica now and then, without code of its own: sets {@code
 * GRAFT_REPUBLISHED} to the time, publishes a version (which takes the snapshot), and moves the
 * alias to it once it is active. A version that fails leaves the alias where it is.
 */
final class Republish extends Construct {
  private static final software.amazon.awscdk.Duration PAUSE =
      software.amazon.awscdk.Duration.seconds(15);
  private static final software.amazon.awscdk.Duration GIVE_UP =
      software.amazon.awscdk.Duration.minutes(ReadReplica.LEAST_REPUBLISH.toMinutes());

  private final Function function;
  private final StateMachine machine;
  private final Queue failures;

  Republish(Construct scope, String id, GraftReadReplica replica, Duration every) {
    super(scope, id);
    this.function = replica.function();
    String name = function.getFunctionName();
    CallAwsService read =
        call("Read", "getFunctionConfiguration", Map.of("FunctionName", name), "$.now");
    Map<String, Object> changed = new LinkedHashMap<>();
    changed.put("FunctionName", name);
    changed.put(
        "Environment",
        Map.of(
            "Variables",
            JsonPath.objectAt(
                "States.JsonMerge($.now.Environment.Variables,"
                    + " States.StringToJson(States.Format('\\{\"GRAFT_REPUBLISHED\":\"{}\"\\}',"
                    + " $$.Execution.StartTime)), false)")));
    CallAwsService change = call("Change", "updateFunctionConfiguration", changed, "$.changed");
    CallAwsService look =
        call("Look", "getFunctionConfiguration", Map.of("FunctionName", name), "$.now");
    CallAwsService publish =
        call("Publish", "publishVersion", Map.of("FunctionName", name), "$.published");
    Map<String, Object> version = new LinkedHashMap<>();
    version.put("FunctionName", name);
    version.put("Qualifier", JsonPath.stringAt("$.published.Version"));
    CallAwsService lookAtVersion =
        call("LookAtVersion", "getFunctionConfiguration", version, "$.version");
    Map<String, Object> target = new LinkedHashMap<>();
    target.put("FunctionName", name);
    target.put("Name", "live");
    target.put("FunctionVersion", JsonPath.stringAt("$.published.Version"));
    CallAwsService move = call("Move", "updateAlias", target, "$.moved");
    Fail failed = Fail.Builder.create(this, "Failed").cause("the new version failed").build();

    read.next(change);
    change.next(pause("Changing", look));
    look.next(
        Choice.Builder.create(this, "Changed")
            .build()
            .when(Condition.stringEquals("$.now.LastUpdateStatus", "Successful"), publish)
            .when(Condition.stringEquals("$.now.LastUpdateStatus", "Failed"), failed)
            .otherwise(pause("StillChanging", look)));
    publish.next(pause("TakingSnapshot", lookAtVersion));
    lookAtVersion.next(
        Choice.Builder.create(this, "Active")
            .build()
            .when(Condition.stringEquals("$.version.State", "Active"), move)
            .when(Condition.stringEquals("$.version.State", "Failed"), failed)
            .otherwise(pause("StillTakingSnapshot", lookAtVersion)));
    machine =
        StateMachine.Builder.create(this, "Machine")
            .definitionBody(DefinitionBody.fromChainable(read))
            .timeout(GIVE_UP)
            .tracingEnabled(true)
            .logs(
                LogOptions.builder()
                    .level(LogLevel.ALL)
                    .destination(
                        LogGroup.Builder.create(this, "Log")
                            .retention(RetentionDays.ONE_MONTH)
                            .removalPolicy(software.amazon.awscdk.RemovalPolicy.DESTROY)
                            .build())
                    .build())
            .build();
    failures =
        Queue.Builder.create(this, "Failures")
            .encryption(QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            .retentionPeriod(software.amazon.awscdk.Duration.days(14))
            .build();
    Arguments.ofRepublish(machine, failures);
    Schedule.Builder.create(this, "Schedule")
        .description("Graft: takes a new snapshot of a read replica")
        .schedule(
            ScheduleExpression.rate(software.amazon.awscdk.Duration.minutes(every.toMinutes())))
        .timeWindow(TimeWindow.off())
        .target(
            StepFunctionsStartExecution.Builder.create(machine)
                .deadLetterQueue(failures)
                .retryAttempts(2)
                .build())
        .build();
  }

  /** The snapshot before stays in use whatever fails, and grows old. */
  void watch(Alarms alarms) {
    alarms.add(
        "RepublishFailed",
        machine.metricFailed(Alarms.sum()),
        "a read replica got no new snapshot: the state machine's log says at which step");
    alarms.add(
        "RepublishTimedOut",
        machine.metricTimedOut(Alarms.sum()),
        "a read replica's new snapshot was not there within half an hour");
    alarms.add(
        "RepublishNotBegun",
        failures.metricApproximateNumberOfMessagesVisible(),
        "a read replica's new snapshot could not be asked for: the queue says why");
  }

  private CallAwsService call(
      String id, String action, Map<String, Object> parameters, String result) {
    return CallAwsService.Builder.create(this, id)
        .service("lambda")
        .action(action)
        .parameters(parameters)
        .iamResources(List.of(function.getFunctionArn(), function.getFunctionArn() + ":*"))
        .resultPath(result)
        .build();
  }

  private IChainable pause(String id, CallAwsService then) {
    return Wait.Builder.create(this, id).time(WaitTime.duration(PAUSE)).build().next(then);
  }
}
