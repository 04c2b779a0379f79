package dev.graft.infra;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.constructs.Construct;

/** Alarms of one construct. Each goes off within five minutes; nothing said is nothing wrong. */
final class Alarms {
  /** What is added up before it is looked at. */
  static final Duration PERIOD = Duration.minutes(5);

  private final Construct scope;
  private final List<Alarm> all = new ArrayList<>();

  Alarms(Construct scope) {
    this.scope = scope;
  }

  /** How often something happened in a period. */
  static MetricOptions sum() {
    return statistic("Sum");
  }

  static MetricOptions statistic(String statistic) {
    return MetricOptions.builder().statistic(statistic).period(PERIOD).build();
  }

  /**
   * An alarm for what should not happen once.
   *
   * @param what happened, and what to do
   */
  void add(String id, IMetric metric, String what) {
    add(id, metric, 1, what);
  }

  /**
   * An alarm.
   *
   * @param from the least value that is one
   */
  void add(String id, IMetric metric, double from, String what) {
    all.add(
        Alarm.Builder.create(scope, id)
            .metric(metric)
            .threshold(from)
            .evaluationPeriods(1)
            .comparisonOperator(ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD)
            .treatMissingData(TreatMissingData.NOT_BREACHING)
            .alarmDescription("Graft: " + what)
            .build());
  }

  List<Alarm> all() {
    return List.copyOf(all);
  }
}
