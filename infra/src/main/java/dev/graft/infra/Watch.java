package dev.graft.infra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudfront.Distribution;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.Dashboard;
import software.amazon.awscdk.services.cloudwatch.GraphWidget;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.IWidget;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.actions.SnsAction;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sns.subscriptions.EmailSubscription;
import software.amazon.awscdk.services.sqs.Queue;
import software.constructs.Construct;

/**
 * What to look at: one dashboard, and alarms for what somebody has to act on. Alarms about errors
 * of functions, answers of 5xx, throttling, commits whose outcome stayed unknown, and failed
 * maintenance.
 */
final class Watch extends Construct {
  private static final String EDGE_REGION = "us-east-1";
  private static final int WIDTH = 12;

  private final Optional<Topic> told;

  Watch(
      Construct scope,
      String id,
      Map<Role, ServerFunction> functions,
      Queue failures,
      Optional<Distribution> edge,
      Optional<String> alarmMail) {
    super(scope, id);
    Alarms alarms = new Alarms(this);
    functions.forEach((role, function) -> {
      alarms.add(
          role.id() + "Errors",
          function.alias().metricErrors(Alarms.sum()),
          "the function " + role.id() + " failed: look at its log");
      alarms.add(
          role.id() + "Throttles",
          function.alias().metricThrottles(Alarms.sum()),
          "the function " + role.id() + " was throttled: raise its concurrency");
    });
    alarms.add(
        "Failed",
        ownMetric("Failed"),
        "requests were answered with 5xx: lines of the functions' logs with 'failure' say why");
    // CloudFront's metrics are in us-east-1 alone, and an alarm sees those of its own region.
    edge.filter(there -> Stack.of(this).getRegion().equals(EDGE_REGION))
        .ifPresent(there ->
            alarms.add(
                "EdgeFailed",
                ofEdge(there),
                "CloudFront answered 1 of 100 requests or more with 5xx"));
    alarms.add(
        "Ambiguous",
        ownMetric("AmbiguousOutcomes"),
        "commits ended without a known outcome: S3 answers slowly or not at all");
    alarms.add(
        "FailedMaintenance",
        failures.metricApproximateNumberOfMessagesVisible(),
        "maintenance failed three times, or was never begun: the queue of failures has its event");
    this.told = alarmMail.map(this::topic);
    tell(alarms.all());
    Dashboard.Builder.create(this, "Dashboard").widgets(List.of(widgets(functions, edge))).build();
  }

  private Topic topic(String mail) {
    Topic topic = Topic.Builder.create(this, "Alarms").enforceSsl(true).build();
    // The policy replaces the usual one, which lets the account's own services publish.
    topic.addToResourcePolicy(alarmsMayPublish(topic));
    topic.addSubscription(new EmailSubscription(mail));
    return topic;
  }

  /** Has alarms sent where this installation's go; nowhere when nobody was named. */
  void tell(List<Alarm> alarms) {
    told.ifPresent(topic -> alarms.forEach(alarm -> alarm.addAlarmAction(new SnsAction(topic))));
  }

  /** The name space of the functions' embedded metrics: one for each stack of an account. */
  static String namespace(Stack stack) {
    return "Graft/" + stack.getStackName();
  }

  private static Metric ofEdge(Distribution edge) {
    return edge.metric5xxErrorRate(
        MetricOptions.builder().period(Alarms.PERIOD).region(EDGE_REGION).build());
  }

  private PolicyStatement alarmsMayPublish(Topic topic) {
    Stack stack = Stack.of(this);
    return PolicyStatement.Builder.create()
        .sid("AlarmsOfThisAccount")
        .principals(List.of(new ServicePrincipal("cloudwatch.amazonaws.com")))
        .actions(List.of("sns:Publish"))
        .resources(List.of(topic.getTopicArn()))
        .conditions(
            Map.of(
                "StringEquals",
                Map.of("aws:SourceAccount", stack.getAccount()),
                "ArnLike",
                Map.of(
                    "aws:SourceArn",
                    "arn:"
                        + stack.getPartition()
                        + ":cloudwatch:"
                        + stack.getRegion()
                        + ":"
                        + stack.getAccount()
                        + ":alarm:*")))
        .build();
  }

  private Metric ownMetric(String name) {
    return ownMetric(name, "Sum");
  }

  private Metric ownMetric(String name, String statistic) {
    return Metric.Builder.create()
        .namespace(namespace(Stack.of(this)))
        .metricName(name)
        .statistic(statistic)
        .period(Alarms.PERIOD)
        .build();
  }

  private List<IWidget> widgets(Map<Role, ServerFunction> functions, Optional<Distribution> edge) {
    List<IMetric> calls = new ArrayList<>();
    List<IMetric> times = new ArrayList<>();
    List<IMetric> errors = new ArrayList<>();
    List<IMetric> throttles = new ArrayList<>();
    functions.forEach((role, function) -> {
      calls.add(function.alias().metricInvocations(Alarms.sum()));
      errors.add(function.alias().metricErrors(Alarms.sum()));
      throttles.add(function.alias().metricThrottles(Alarms.sum()));
      times.add(function.alias().metricDuration(Alarms.statistic("p95")));
    });
    List<IMetric> failed = own("Failed");
    edge.ifPresent(there -> failed.add(ofEdge(there)));
    return List.of(
        graph("Requests", calls),
        graph("Time of functions, 95 of 100 below", times),
        graph("Answers of 5xx: number, and hundredths at the edge", failed),
        graph("Refused (4xx)", own("Refused")),
        graph("Errors of functions", errors),
        graph("Throttled", throttles),
        graph("Latency, 95 of 100 below", List.of(ownMetric("Latency", "p95"))),
        graph("Conflicts and unknown outcomes", own("Conflicts", "AmbiguousOutcomes")),
        graph("Store requests", own("StoreReads", "StoreWrites", "StoreLists")),
        graph("Bytes", own("BytesIn", "BytesOut")));
  }

  private List<IMetric> own(String... names) {
    List<IMetric> metrics = new ArrayList<>();
    for (String name : names) {
      metrics.add(ownMetric(name));
    }
    return metrics;
  }

  private static IWidget graph(String title, List<IMetric> metrics) {
    return GraphWidget.Builder.create().title(title).left(metrics).width(WIDTH).build();
  }
}
