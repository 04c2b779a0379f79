package dev.graft.infra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.Dashboard;
import software.amazon.awscdk.services.cloudwatch.GraphWidget;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.IWidget;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.cloudwatch.actions.SnsAction;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sns.subscriptions.EmailSubscription;
import software.amazon.awscdk.services.sqs.Queue;
import software.constructs.Construct;

/**
 * What to look at: one dashboard, and alarms for what somebody has to act on. Alarms about errors
 * of functions, throttling, commits whose outcome stayed unknown, and failed maintenance.
 */
final class Watch extends Construct {
  /** The name space of the functions' embedded metrics. */
  static final String NAMESPACE = "Graft";

  private static final Duration PERIOD = Duration.minutes(5);
  private static final int WIDTH = 12;

  Watch(
      Construct scope,
      String id,
      Map<Role, ServerFunction> functions,
      Queue failures,
      Optional<String> alarmMail) {
    super(scope, id);
    List<Alarm> alarms = new ArrayList<>();
    functions.forEach((role, function) -> {
      alarms.add(
          alarm(
              role.id() + "Errors",
              function.alias().metricErrors(sum()),
              "the function " + role.id() + " failed: look at its log"));
      alarms.add(
          alarm(
              role.id() + "Throttles",
              function.alias().metricThrottles(sum()),
              "the function " + role.id() + " was throttled: raise its concurrency"));
    });
    alarms.add(
        alarm(
            "Ambiguous",
            ownMetric("AmbiguousOutcomes"),
            "commits ended without a known outcome: S3 answers slowly or not at all"));
    alarms.add(
        alarm(
            "FailedMaintenance",
            failures.metricApproximateNumberOfMessagesVisible(),
            "maintenance failed twice: the queue of failures says for which volume"));
    alarmMail.ifPresent(mail -> {
      Topic topic = Topic.Builder.create(this, "Alarms").enforceSsl(true).build();
      topic.addSubscription(new EmailSubscription(mail));
      alarms.forEach(alarm -> alarm.addAlarmAction(new SnsAction(topic)));
    });
    Dashboard.Builder.create(this, "Dashboard").widgets(List.of(widgets(functions))).build();
  }

  private static MetricOptions sum() {
    return MetricOptions.builder().statistic("Sum").period(PERIOD).build();
  }

  private static Metric ownMetric(String name) {
    return Metric.Builder.create()
        .namespace(NAMESPACE)
        .metricName(name)
        .statistic("Sum")
        .period(PERIOD)
        .build();
  }

  private Alarm alarm(String id, IMetric metric, String what) {
    return Alarm.Builder.create(this, id)
        .metric(metric)
        .threshold(1)
        .evaluationPeriods(1)
        .comparisonOperator(ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD)
        .treatMissingData(TreatMissingData.NOT_BREACHING)
        .alarmDescription("Graft: " + what)
        .build();
  }

  private static List<IWidget> widgets(Map<Role, ServerFunction> functions) {
    List<IMetric> calls = new ArrayList<>();
    List<IMetric> times = new ArrayList<>();
    functions.forEach((role, function) -> {
      calls.add(function.alias().metricInvocations(sum()));
      times.add(
          function
              .alias()
              .metricDuration(MetricOptions.builder().statistic("p95").period(PERIOD).build()));
    });
    return List.of(
        graph("Requests", calls),
        graph("Time, 95 of 100 below", times),
        graph("Conflicts and unknown outcomes", own("Conflicts", "AmbiguousOutcomes")),
        graph("Store requests", own("StoreReads", "StoreWrites", "StoreLists")),
        graph("Bytes", own("BytesIn", "BytesOut")));
  }

  private static List<IMetric> own(String... names) {
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
