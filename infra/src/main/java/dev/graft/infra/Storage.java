package dev.graft.infra;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.s3.ObjectOwnership;
import software.constructs.Construct;

/**
 * The buckets. Not versioned: no object is ever written twice, and history is the log's own. No
 * lifecycle rule: only the engine knows what may go. Nobody, whatever his rights, writes but by
 * put-if-absent: the bucket's policy denies a PutObject without {@code If-None-Match}, and
 * multipart uploads and copies, which could come around it.
 */
final class Storage extends Construct {
  private final Bucket bulk;
  private final Bucket log;
  private final @Nullable Key key;
  private final @Nullable Bucket accessLogs;

  Storage(Construct scope, String id, Installation installation) {
    super(scope, id);
    // Access logs are admitted by a policy of their bucket, not by its access control list.
    getNode().setContext("@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy", true);
    key =
        installation.encryption() == Installation.Encryption.SSE_KMS
            ? Key.Builder.create(this, "Key")
                .description("Graft: objects at rest")
                .enableKeyRotation(true)
                .removalPolicy(removal(installation))
                .build()
            : null;
    accessLogs = installation.accessLogs() ? accessLogBucket(installation) : null;
    bulk = bucket("Pages", installation);
    log = installation.stores() == Installation.Stores.TWO ? bucket("Log", installation) : bulk;
  }

  private static RemovalPolicy removal(Installation installation) {
    return installation.keepData() ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }

  private Bucket bucket(String id, Installation installation) {
    Bucket.Builder builder =
        Bucket.Builder.create(this, id)
            .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
            .objectOwnership(ObjectOwnership.BUCKET_OWNER_ENFORCED)
            .enforceSsl(true)
            .minimumTlsVersion(1.2)
            .versioned(false)
            .removalPolicy(removal(installation));
    if (key == null) {
      builder.encryption(BucketEncryption.S3_MANAGED);
    } else {
      builder.encryption(BucketEncryption.KMS).encryptionKey(key).bucketKeyEnabled(true);
    }
    if (accessLogs != null) {
      builder
          .serverAccessLogsBucket(accessLogs)
          .serverAccessLogsPrefix(id.toLowerCase(Locale.ROOT) + "/");
    }
    Bucket bucket = builder.build();
    bucket.addToResourcePolicy(putIfAbsentOnly(bucket));
    bucket.addToResourcePolicy(noOtherWay(bucket));
    return bucket;
  }

  private Bucket accessLogBucket(Installation installation) {
    return Bucket.Builder.create(this, "AccessLogs")
        .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
        .objectOwnership(ObjectOwnership.BUCKET_OWNER_PREFERRED)
        .encryption(BucketEncryption.S3_MANAGED)
        .enforceSsl(true)
        .minimumTlsVersion(1.2)
        .removalPolicy(removal(installation))
        .build();
  }

  /** Denies what would replace an object: a creation that does not ask for its absence. */
  private static PolicyStatement putIfAbsentOnly(Bucket bucket) {
    Map<String, Object> conditions = new LinkedHashMap<>();
    conditions.put("Null", Map.of("s3:if-none-match", "true"));
    conditions.put("Bool", Map.of("s3:ObjectCreationOperation", "true"));
    return PolicyStatement.Builder.create()
        .sid("PutIfAbsentOnly")
        .effect(Effect.DENY)
        .principals(List.of(new AnyPrincipal()))
        .actions(List.of("s3:PutObject"))
        .resources(List.of(bucket.arnForObjects("*")))
        .conditions(conditions)
        .build();
  }

  /** Denies copies into the bucket: they carry no condition of their own. */
  private static PolicyStatement noOtherWay(Bucket bucket) {
    return PolicyStatement.Builder.create()
        .sid("NoCopies")
        .effect(Effect.DENY)
        .principals(List.of(new AnyPrincipal()))
        .actions(List.of("s3:PutObject"))
        .resources(List.of(bucket.arnForObjects("*")))
        .conditions(Map.of("Null", Map.of("s3:x-amz-copy-source", "false")))
        .build();
  }

  /** Segments, rollups, checkpoints, records; and tokens' revocations. */
  Bucket bulk() {
    return bulk;
  }

  /** Commits and state records; perhaps the same bucket. */
  Bucket log() {
    return log;
  }

  /** Both, or the one. */
  List<Bucket> all() {
    return bulk == log ? List.of(bulk) : List.of(bulk, log);
  }

  /** Which of these paths can lie in a bucket: with two, commits and state lie in the one. */
  List<String> pathsOf(Bucket bucket, List<String> paths) {
    if (bulk == log) {
      return paths;
    }
    return paths.stream()
        .filter(path -> {
          boolean ofLog = path.contains("/log/") || path.contains("/state/");
          return path.equals("volumes/*") || ofLog == (bucket == log);
        })
        .toList();
  }

  Optional<Key> key() {
    return Optional.ofNullable(key);
  }

  Optional<Bucket> accessLogs() {
    return Optional.ofNullable(accessLogs);
  }
}
