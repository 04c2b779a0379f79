package dev.graft.infra;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.FunctionUrl;
import software.amazon.awscdk.services.lambda.FunctionUrlAuthType;
import software.amazon.awscdk.services.lambda.FunctionUrlOptions;
import software.amazon.awscdk.services.lambda.RecursiveLoop;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.SnapStartConf;
import software.amazon.awscdk.services.lambda.VersionOptions;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.s3.Bucket;
import software.constructs.Construct;

/**
 * One function: a published version with SnapStart behind the alias {@code live}, a URL on that
 * alias that wants IAM, a log group of its own that is emptied in time, and a role that may do what
 * {@link Role} says and nothing else.
 */
final class ServerFunction extends Construct {
  private static final int MEMORY_MB = 1769;
  private static final Duration ANSWER_WITHIN = Duration.seconds(30);
  private static final Duration WORK_WITHIN = Duration.minutes(15);

  /** CloudFormation would delete the version that an upgrade replaces, and with it the way back. */
  static final VersionOptions KEPT =
      VersionOptions.builder().removalPolicy(RemovalPolicy.RETAIN).build();

  private final software.amazon.awscdk.services.iam.Role identity;
  private final Function function;
  private final Alias alias;
  private final @Nullable FunctionUrl url;

  ServerFunction(
      Construct scope,
      Role role,
      Code code,
      Storage storage,
      Map<String, String> environment,
      Installation installation) {
    super(scope, role.id());
    LogGroup log =
        LogGroup.Builder.create(this, "Log")
            .retention(RetentionDays.ONE_MONTH)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    this.identity =
        software.amazon.awscdk.services.iam.Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
            .description("Graft: what " + role.handler() + " may do")
            .build();
    log.grantWrite(identity);
    Function.Builder builder =
        Function.Builder.create(this, "Function")
            .runtime(Runtime.JAVA_25)
            .architecture(Architecture.ARM_64)
            .memorySize(MEMORY_MB)
            .timeout(role.hasUrl() ? ANSWER_WITHIN : WORK_WITHIN)
            .handler(role.handler())
            .code(code)
            .role(identity)
            .logGroup(log)
            .snapStart(SnapStartConf.ON_PUBLISHED_VERSIONS)
            .currentVersionOptions(KEPT)
            .environment(new LinkedHashMap<>(environment))
            .description("Graft: " + role.id().toLowerCase(java.util.Locale.ROOT));
    installation
        .concurrency()
        .ifPresent(reserved -> builder.reservedConcurrentExecutions(reserved.each()));
    if (role.invokesItself()) {
      builder.recursiveLoop(RecursiveLoop.ALLOW);
    }
    this.function = builder.build();
    Annotations.of(function).acknowledgeWarning("@aws-cdk/aws-lambda:snapStartRequirePublish");
    grantStore(identity, role, storage);
    this.alias =
        Alias.Builder.create(this, "Live")
            .aliasName("live")
            .version(function.getCurrentVersion())
            .build();
    this.url =
        role.hasUrl()
            ? alias.addFunctionUrl(
                FunctionUrlOptions.builder().authType(FunctionUrlAuthType.AWS_IAM).build())
            : null;
  }

  private static void grantStore(
      software.amazon.awscdk.services.iam.Role identity, Role role, Storage storage) {
    for (Bucket bucket : storage.all()) {
      // A missing key has to be 404 and not 403, and heads are found by listing.
      identity.addToPolicy(statement("s3:ListBucket", List.of(bucket.getBucketArn())));
      grant(identity, "s3:GetObject", bucket, storage.pathsOf(bucket, role.reads()));
      grant(identity, "s3:PutObject", bucket, storage.pathsOf(bucket, role.writes()));
      grant(identity, "s3:DeleteObject", bucket, storage.pathsOf(bucket, role.deletes()));
    }
    storage
        .key()
        .ifPresent(key ->
            identity.addToPolicy(
                PolicyStatement.Builder.create()
                    .actions(
                        role.writes().isEmpty()
                            ? List.of("kms:Decrypt")
                            : List.of("kms:Decrypt", "kms:GenerateDataKey"))
                    .resources(List.of(key.getKeyArn()))
                    .build()));
  }

  private static void grant(
      software.amazon.awscdk.services.iam.Role identity,
      String action,
      Bucket bucket,
      List<String> paths) {
    if (paths.isEmpty()) {
      return;
    }
    List<String> resources = new ArrayList<>();
    for (String path : paths) {
      resources.add(bucket.arnForObjects(path));
    }
    identity.addToPolicy(statement(action, resources));
  }

  private static PolicyStatement statement(String action, List<String> resources) {
    return PolicyStatement.Builder.create().actions(List.of(action)).resources(resources).build();
  }

  /** What it runs as. */
  software.amazon.awscdk.services.iam.Role identity() {
    return identity;
  }

  Function function() {
    return function;
  }

  Alias alias() {
    return alias;
  }

  /** Its address; none for what nobody asks by HTTP. */
  Optional<FunctionUrl> url() {
    return Optional.ofNullable(url);
  }
}
