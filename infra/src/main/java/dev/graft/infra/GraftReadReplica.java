package dev.graft.infra;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.FunctionUrl;
import software.amazon.awscdk.services.lambda.FunctionUrlAuthType;
import software.amazon.awscdk.services.lambda.FunctionUrlOptions;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.SnapStartConf;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.s3.IBucket;
import software.constructs.Construct;

/**
 * A SQL read replica of one volume as a Lambda function (docs/replica.md): a published version with
 * SnapStart behind the alias {@code live}, a URL that wants IAM, and a role that reads the objects
 * of this volume and of no other (it can list the keys of all). It belongs to the account of the
 * bucket; elsewhere a function with {@code GRAFT_ADDRESS} does the same over HTTP.
 */
public final class GraftReadReplica extends Construct {
  private static final Duration ANSWER_WITHIN = Duration.seconds(15);

  /** Of the ten seconds after which a query is interrupted (docs/replica.md, limits). */
  private static final Duration SLOW = Duration.seconds(8);

  private final Function function;
  private final Alias alias;
  private final FunctionUrl url;
  private final Alarms alarms;

  /**
   * @param replica what it answers from
   */
  public GraftReadReplica(Construct scope, String id, ReadReplica replica) {
    super(scope, id);
    LogGroup log =
        LogGroup.Builder.create(this, "Log")
            .retention(RetentionDays.ONE_MONTH)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
            .description("Graft: reads " + replica.volume())
            .build();
    log.grantWrite(role);
    grantReads(role, replica);
    function =
        Function.Builder.create(this, "Function")
            .runtime(Runtime.JAVA_25)
            .architecture(Architecture.ARM_64)
            .memorySize(replica.memoryMb())
            .timeout(ANSWER_WITHIN)
            .handler("dev.graft.replica.ReplicaFunction::handleRequest")
            .code(Code.fromAsset(replica.artifact().toString()))
            .role(role)
            .logGroup(log)
            .snapStart(SnapStartConf.ON_PUBLISHED_VERSIONS)
            .currentVersionOptions(ServerFunction.KEPT)
            .environment(environment(replica))
            .description("Graft: read replica of " + replica.volume())
            .build();
    Annotations.of(function).acknowledgeWarning("@aws-cdk/aws-lambda:snapStartRequirePublish");
    alias =
        Alias.Builder.create(this, "Live")
            .aliasName("live")
            .version(function.getCurrentVersion())
            .build();
    url =
        alias.addFunctionUrl(
            FunctionUrlOptions.builder().authType(FunctionUrlAuthType.AWS_IAM).build());
    Arguments.ofReplica(role);
    alarms = new Alarms(this);
    watch();
    replica
        .republishEvery()
        .ifPresent(every -> new Republish(this, "Republish", this, every).watch(alarms));
  }

  private void watch() {
    alarms.add(
        "Errors",
        alias.metricErrors(Alarms.sum()),
        "a read replica failed or was cut off: look at its log");
    alarms.add(
        "Throttles",
        alias.metricThrottles(Alarms.sum()),
        "a read replica was throttled: the account's concurrency is used up");
    alarms.add(
        "Slow",
        alias.metricDuration(Alarms.statistic("p95")),
        SLOW.toMilliseconds().doubleValue(),
        "5 of 100 questions to a read replica took nearly as long as they may: prime and hydrate"
            + " what they read, republish oftener, or give it more memory");
  }

  private static Map<String, String> environment(ReadReplica replica) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("GRAFT_BUCKET", replica.pages().getBucketName());
    if (!replica.log().equals(replica.pages())) {
      environment.put("GRAFT_LOG_BUCKET", replica.log().getBucketName());
    }
    environment.put("GRAFT_VOLUME", replica.volume());
    environment.put("GRAFT_FRESHNESS_MS", Long.toString(replica.freshness().toMillis()));
    if (!replica.statements().isEmpty()) {
      environment.put("GRAFT_STATEMENTS", Json.object(new TreeMap<>(replica.statements())));
    }
    if (!replica.prime().isEmpty()) {
      environment.put("GRAFT_PRIME", Json.array(replica.prime()));
    }
    if (!replica.hydrate().isEmpty()) {
      environment.put("GRAFT_HYDRATE", String.join(",", replica.hydrate()));
    }
    return environment;
  }

  private static void grantReads(Role role, ReadReplica replica) {
    List<IBucket> buckets =
        replica.log().equals(replica.pages())
            ? List.of(replica.pages())
            : List.of(replica.pages(), replica.log());
    for (IBucket bucket : buckets) {
      List<String> objects = new ArrayList<>();
      objects.add(bucket.arnForObjects("volumes/" + replica.volume() + "/*"));
      replica
          .ancestors()
          .forEach(ancestor -> objects.add(bucket.arnForObjects("volumes/" + ancestor + "/*")));
      role.addToPolicy(
          PolicyStatement.Builder.create()
              .actions(List.of("s3:GetObject"))
              .resources(objects)
              .build());
      // Without a condition on the prefix, which a read has none of: a missing key would be 403.
      role.addToPolicy(
          PolicyStatement.Builder.create()
              .actions(List.of("s3:ListBucket"))
              .resources(List.of(bucket.getBucketArn()))
              .build());
      if (bucket.getEncryptionKey() != null) {
        role.addToPolicy(
            PolicyStatement.Builder.create()
                .actions(List.of("kms:Decrypt"))
                .resources(List.of(bucket.getEncryptionKey().getKeyArn()))
                .build());
      }
    }
  }

  /** The function. */
  public Function function() {
    return function;
  }

  /** What is asked: the alias of the newest published version. */
  public Alias alias() {
    return alias;
  }

  /** Its address; whoever asks it signs with IAM. */
  public FunctionUrl url() {
    return url;
  }

  /**
   * Its alarms, which nobody is told of by themselves: errors, throttles, slow answers; with a
   * schedule also new snapshots that failed and such as were never begun.
   */
  public List<Alarm> alarms() {
    return alarms.all();
  }
}
