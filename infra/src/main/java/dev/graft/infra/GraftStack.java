package dev.graft.infra;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.lambda.Code;
import software.constructs.Construct;

/** One installation: storage, functions, edge, maintenance, and what watches them. */
public final class GraftStack extends Stack {
  private final Storage storage;
  private final Watch watch;

  private final Map<Role, ServerFunction> functions = new EnumMap<>(Role.class);

  /**
   * @param installation what was chosen
   */
  public GraftStack(
      Construct scope, String id, @Nullable StackProps props, Installation installation) {
    super(scope, id, props);
    setTerminationProtection(installation.keepData());
    storage = new Storage(this, "Storage", installation);
    Code code = Code.fromAsset(installation.functions().toString());
    for (Role role : Role.of(installation.cdn())) {
      functions.put(
          role,
          new ServerFunction(
              this, role, code, storage, environment(role, installation), installation));
    }
    readKeys();
    Maintenance maintenance = new Maintenance(this, "Upkeep", functions);
    Optional<Edge> edge =
        installation.cdn()
            ? Optional.of(new Edge(this, "Edge", storage, functions, installation))
            : Optional.empty();
    edge.ifPresent(e -> {
      maintenance.bringToEdge(e.keys(), keysParameter(), functions);
      tell(e, installation);
    });
    watch =
        new Watch(
            this,
            "Watch",
            functions,
            maintenance.failures(),
            edge.map(Edge::distribution),
            installation.alarmMail());
    Arguments.add(storage, functions, maintenance, edge, installation);
    tellAddresses();
    tellUpkeep(maintenance);
  }

  /** The bucket of pages: what a {@link GraftReadReplica} in the same account reads. */
  public software.amazon.awscdk.services.s3.IBucket pages() {
    return storage.bulk();
  }

  /** The bucket of commits and state; the same one unless there are two. */
  public software.amazon.awscdk.services.s3.IBucket log() {
    return storage.log();
  }

  /** Has alarms, for example of a {@link GraftReadReplica}, sent where this stack's own go. */
  public void tell(List<Alarm> alarms) {
    watch.tell(alarms);
  }

  private Map<String, String> environment(Role role, Installation installation) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("GRAFT_STORE", "s3://" + storage.bulk().getBucketName());
    if (storage.log() != storage.bulk()) {
      environment.put("GRAFT_LOG_STORE", "s3://" + storage.log().getBucketName());
    }
    environment.put("GRAFT_KEY_RING_PARAMETER", keysParameter());
    environment.put("GRAFT_METRICS_NAMESPACE", Watch.namespace(this));
    environment.put("GRAFT_RETENTION", installation.retention().toString());
    // By name: an ARN of the alias would make a circle of the functions that invoke each other.
    if (role != Role.MAINTENANCE && functions.containsKey(Role.MAINTENANCE)) {
      environment.put("GRAFT_MAINTENANCE_FUNCTION", maintenanceArn());
    }
    return environment;
  }

  private String maintenanceArn() {
    return Objects.requireNonNull(functions.get(Role.MAINTENANCE)).function().getFunctionArn()
        + ":live";
  }

  /**
   * Where the key ring lies; CloudFormation cannot make such a parameter, so the installer does.
   */
  private String keysParameter() {
    return "/graft/" + getStackName() + "/keys";
  }

  private void readKeys() {
    functions
        .values()
        .forEach(function ->
            function
                .function()
                .addToRolePolicy(
                    PolicyStatement.Builder.create()
                        .actions(List.of("ssm:GetParameter"))
                        .resources(
                            List.of(
                                "arn:"
                                    + getPartition()
                                    + ":ssm:"
                                    + getRegion()
                                    + ":"
                                    + getAccount()
                                    + ":parameter"
                                    + keysParameter()))
                        .build()));
  }

  private void tell(Edge edge, Installation installation) {
    CfnOutput.Builder.create(this, "Address")
        .description("what clients are given as remote")
        .value(
            "https://"
                + installation
                    .domain()
                    .map(Installation.Domain::name)
                    .orElse(edge.distribution().getDistributionDomainName()))
        .build();
    installation
        .domain()
        .ifPresent(_ ->
            CfnOutput.Builder.create(this, "DistributionName")
                .description("what the record of the domain in your DNS points to (CNAME or alias)")
                .value(edge.distribution().getDistributionDomainName())
                .build());
    CfnOutput.Builder.create(this, "EdgeKeys")
        .description("the key value store that maintenance brings keys and revocations to")
        .value(edge.keys().getKeyValueStoreArn())
        .build();
  }

  private void tellUpkeep(Maintenance maintenance) {
    if (storage.log() != storage.bulk()) {
      CfnOutput.Builder.create(this, "LogBucket")
          .description("the bucket of commits and state")
          .value(storage.log().getBucketName())
          .build();
    }
    CfnOutput.Builder.create(this, "MaintenanceFunction")
        .description("what takes events of maintenance: 'aws lambda invoke' wants this name")
        .value(
            Objects.requireNonNull(functions.get(Role.MAINTENANCE)).function().getFunctionName()
                + ":live")
        .build();
    CfnOutput.Builder.create(this, "FailuresQueue")
        .description("the queue of maintenance that failed three times")
        .value(maintenance.failures().getQueueUrl())
        .build();
  }

  private void tellAddresses() {
    CfnOutput.Builder.create(this, "Bucket").value(storage.bulk().getBucketName()).build();
    CfnOutput.Builder.create(this, "KeysParameter")
        .description("the parameter that the key ring is put into")
        .value(keysParameter())
        .build();
    functions.forEach((role, function) ->
        function
            .url()
            .ifPresent(url ->
                CfnOutput.Builder.create(this, role.id() + "Url").value(url.getUrl()).build()));
  }
}
