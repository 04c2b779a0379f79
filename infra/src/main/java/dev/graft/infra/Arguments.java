package dev.graft.infra;

import io.github.cdklabs.cdknag.NagPackSuppression;
import io.github.cdklabs.cdknag.NagSuppressions;
import io.github.cdklabs.cdknag.RegexAppliesTo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.constructs.IConstruct;

/**
 * Why the installation does what cdk-nag warns of: each rule that is set aside, with its reason.
 */
final class Arguments {
  private Arguments() {}

  static void add(
      Storage storage,
      Map<Role, ServerFunction> functions,
      Maintenance maintenance,
      Optional<Edge> edge,
      Installation installation) {
    functions
        .values()
        .forEach(function ->
            NagSuppressions.addResourceSuppressions(
                function.identity(),
                List.of(
                    NagPackSuppression.builder()
                        .id("AwsSolutions-IAM5")
                        .reason(
                            "paths below one bucket: volume, segment and commit ids are not known when"
                                + " the stack is made; tokens decide who reaches which volume")
                        .appliesTo(
                            List.of(
                                RegexAppliesTo.builder()
                                    .regex(
                                        "/^Resource::<Storage(Pages|Log)[A-Z0-9]+\\.Arn>\\/(volumes|auth)\\/.*$/g")
                                    .build()))
                        .build()),
                true));
    if (!installation.accessLogs()) {
      storage
          .all()
          .forEach(bucket ->
              argue(
                  bucket,
                  "AwsSolutions-S1",
                  "off by default: every request is logged by the function that made it, and ranges are"
                      + " counted at the edge; -c accessLogs=true turns them on"));
    }
    storage
        .accessLogs()
        .ifPresent(bucket ->
            argue(bucket, "AwsSolutions-S1", "this is the bucket that access logs are written to"));
    argue(
        maintenance.failures(), "AwsSolutions-SQS3", "this queue is the dead-letter queue itself");
    edge.ifPresent(e -> argueEdge(e, installation));
  }

  /** Of a replica's role. */
  static void ofReplica(IConstruct role) {
    NagSuppressions.addResourceSuppressions(
        role,
        List.of(
            NagPackSuppression.builder()
                .id("AwsSolutions-IAM5")
                .reason("all objects below one volume: ids of segments and commits are not known")
                .appliesTo(
                    List.of(
                        RegexAppliesTo.builder()
                            .regex("/^Resource::.*\\/volumes\\/vol-[0-9a-z]+\\/\\*$/g")
                            .build()))
                .build()),
        true);
  }

  /** Of the machine that takes new snapshots. */
  static void ofRepublish(IConstruct machine, IConstruct failures) {
    argue(failures, "AwsSolutions-SQS3", "this queue is the dead-letter queue itself");
    NagSuppressions.addResourceSuppressions(
        machine,
        List.of(
            NagPackSuppression.builder()
                .id("AwsSolutions-IAM5")
                .reason(
                    "the versions of one function, whose numbers are not known; and what CDK gives"
                        + " every state machine for logs and traces, which have no resources")
                .build()),
        true);
  }

  private static void argueEdge(Edge edge, Installation installation) {
    argue(edge.distribution(), "AwsSolutions-CFR1", "readers may be anywhere; tokens decide");
    argue(
        edge.distribution(),
        "AwsSolutions-CFR2",
        "the viewer function refuses every request without a valid token before anything else is"
            + " done; a firewall costs by the month and may be attached by the owner");
    if (!installation.accessLogs()) {
      argue(
          edge.distribution(),
          "AwsSolutions-CFR3",
          "off by default, because logs cost more than the requests; -c accessLogs=true turns them"
              + " on");
    }
    if (installation.domain().isEmpty()) {
      argue(
          edge.distribution(),
          "AwsSolutions-CFR4",
          "without a name of one's own there is only CloudFront's certificate, whose protocols"
              + " cannot be chosen; -c domain and -c certificate choose TLS 1.2 and newer");
    }
  }

  private static void argue(IConstruct construct, String rule, String reason) {
    NagSuppressions.addResourceSuppressions(
        construct, List.of(NagPackSuppression.builder().id(rule).reason(reason).build()));
  }
}
