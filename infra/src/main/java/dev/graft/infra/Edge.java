package dev.graft.infra;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.certificatemanager.Certificate;
import software.amazon.awscdk.services.cloudfront.AllowedMethods;
import software.amazon.awscdk.services.cloudfront.BehaviorOptions;
import software.amazon.awscdk.services.cloudfront.CacheCookieBehavior;
import software.amazon.awscdk.services.cloudfront.CacheHeaderBehavior;
import software.amazon.awscdk.services.cloudfront.CachePolicy;
import software.amazon.awscdk.services.cloudfront.CacheQueryStringBehavior;
import software.amazon.awscdk.services.cloudfront.CachedMethods;
import software.amazon.awscdk.services.cloudfront.Distribution;
import software.amazon.awscdk.services.cloudfront.ErrorResponse;
import software.amazon.awscdk.services.cloudfront.Function;
import software.amazon.awscdk.services.cloudfront.FunctionAssociation;
import software.amazon.awscdk.services.cloudfront.FunctionCode;
import software.amazon.awscdk.services.cloudfront.FunctionEventType;
import software.amazon.awscdk.services.cloudfront.FunctionRuntime;
import software.amazon.awscdk.services.cloudfront.HttpVersion;
import software.amazon.awscdk.services.cloudfront.IOrigin;
import software.amazon.awscdk.services.cloudfront.KeyValueStore;
import software.amazon.awscdk.services.cloudfront.OriginRequestPolicy;
import software.amazon.awscdk.services.cloudfront.SecurityPolicyProtocol;
import software.amazon.awscdk.services.cloudfront.ViewerProtocolPolicy;
import software.amazon.awscdk.services.cloudfront.origins.FunctionUrlOrigin;
import software.amazon.awscdk.services.cloudfront.origins.S3BucketOrigin;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.lambda.CfnPermission;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketAttributes;
import software.constructs.Construct;

/**
 * CloudFront as docs/http.md wants it: ranges of segments and commits from the buckets, cached for
 * a year under their path alone; everything else by POST to the functions, never cached; one viewer
 * function before both. Errors are never cached.
 */
final class Edge extends Construct {
  /** What of the distribution is named by path, in this order: the first that fits counts. */
  private static final Map<String, Role> FUNCTION_PATHS = functionPaths();

  /** What of the buckets is reached by path. */
  private static final List<String> ROUTED = List.of("volumes/*/segments/*", "volumes/*/log/*");

  private final Distribution distribution;
  private final KeyValueStore keys;

  Edge(
      Construct scope,
      String id,
      Storage storage,
      Map<Role, ServerFunction> functions,
      Installation installation) {
    super(scope, id);
    keys =
        KeyValueStore.Builder.create(this, "Keys")
            .comment("Graft: keys that tokens are signed with, and revoked tokens")
            .build();
    Function viewer =
        Function.Builder.create(this, "Viewer")
            .code(
                FunctionCode.fromFile(
                    software.amazon.awscdk.services.cloudfront.FileCodeOptions.builder()
                        .filePath(installation.edgeFunction().toString())
                        .build()))
            .runtime(FunctionRuntime.JS_2_0)
            .keyValueStore(keys)
            .comment("Graft: admits paths and tokens")
            .build();
    List<FunctionAssociation> atViewer =
        List.of(
            FunctionAssociation.builder()
                .function(viewer)
                .eventType(FunctionEventType.VIEWER_REQUEST)
                .build());
    Map<Role, IOrigin> origins = new LinkedHashMap<>();
    functions.forEach((role, function) ->
        function
            .url()
            .ifPresent(url -> origins.put(role, FunctionUrlOrigin.withOriginAccessControl(url))));
    distribution = distribution(storage, origins, atViewer, installation);
    storage.all().forEach(bucket -> allowReads(storage, bucket));
    storage.key().ifPresent(this::allowDecrypt);
    functions.forEach((role, function) -> {
      if (origins.containsKey(role)) {
        allowInvoke(role, function);
      }
    });
  }

  private static Map<String, Role> functionPaths() {
    Map<String, Role> paths = new LinkedHashMap<>();
    paths.put("/v1/volumes/*/commits", Role.COMMIT);
    paths.put("/v1/volumes/*/uploads*", Role.COMMIT);
    paths.put("/v1/volumes/*/changes", Role.CHANGES);
    paths.put("/v1/volumes/*/info", Role.CHANGES);
    paths.put("/v1/volumes/*/log", Role.CHANGES);
    paths.put("/v1/volumes/*/state", Role.CHANGES);
    paths.put("/v1/tokens*", Role.TOKENS);
    return paths;
  }

  private Distribution distribution(
      Storage storage,
      Map<Role, IOrigin> origins,
      List<FunctionAssociation> atViewer,
      Installation installation) {
    CachePolicy immutable = immutableObjects();
    // The order is that of the behaviours: ranges first, then what functions answer.
    Map<String, BehaviorOptions> behaviours = new LinkedHashMap<>();
    behaviours.put("/v1/volumes/*/segments/*", ranges(origin(storage.bulk()), immutable, atViewer));
    IOrigin log =
        storage.log() == storage.bulk()
            ? behaviours.get("/v1/volumes/*/segments/*").getOrigin()
            : origin(storage.log());
    behaviours.put("/v1/volumes/*/log/*", ranges(log, immutable, atViewer));
    FUNCTION_PATHS.forEach(
        (path, role) -> behaviours.put(path, questions(originOf(origins, role), atViewer)));
    Annotations.of(this)
        .acknowledgeWarning("@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac");
    Distribution.Builder builder =
        Distribution.Builder.create(this, "Distribution")
            .comment("Graft")
            .defaultBehavior(questions(originOf(origins, Role.VOLUMES), atViewer))
            .additionalBehaviors(behaviours)
            .httpVersion(HttpVersion.HTTP2_AND_3)
            .minimumProtocolVersion(SecurityPolicyProtocol.TLS_V1_2_2021)
            .errorResponses(uncachedErrors());
    installation
        .domain()
        .ifPresent(domain ->
            builder
                .domainNames(List.of(domain.name()))
                .certificate(
                    Certificate.fromCertificateArn(this, "Certificate", domain.certificateArn())));
    storage
        .accessLogs()
        .ifPresent(bucket -> builder.enableLogging(true).logBucket(bucket).logFilePrefix("edge/"));
    return builder.build();
  }

  private static IOrigin originOf(Map<Role, IOrigin> origins, Role role) {
    IOrigin origin = origins.get(role);
    if (origin == null) {
      throw new IllegalStateException(role + " has no address");
    }
    return origin;
  }

  /**
   * As if the bucket were another's: of its own the origin would take the right to read all of it,
   * and of its key. {@link #allowReads} gives what is routed.
   */
  private IOrigin origin(Bucket bucket) {
    return S3BucketOrigin.withOriginAccessControl(
        Bucket.fromBucketAttributes(
            this,
            "Of" + bucket.getNode().getId(),
            BucketAttributes.builder()
                .bucketArn(bucket.getBucketArn())
                .bucketName(bucket.getBucketName())
                .bucketRegionalDomainName(bucket.getBucketRegionalDomainName())
                .build()));
  }

  private CachePolicy immutableObjects() {
    return CachePolicy.Builder.create(this, "Immutable")
        .comment("Graft: immutable objects, by path alone")
        .minTtl(Duration.seconds(0))
        .defaultTtl(Duration.days(365))
        .maxTtl(Duration.days(365))
        .headerBehavior(CacheHeaderBehavior.none())
        .cookieBehavior(CacheCookieBehavior.none())
        .queryStringBehavior(CacheQueryStringBehavior.none())
        .enableAcceptEncodingBrotli(false)
        .enableAcceptEncodingGzip(false)
        .build();
  }

  private static BehaviorOptions ranges(
      IOrigin origin, CachePolicy immutable, List<FunctionAssociation> atViewer) {
    return BehaviorOptions.builder()
        .origin(origin)
        .allowedMethods(AllowedMethods.ALLOW_GET_HEAD)
        .cachedMethods(CachedMethods.CACHE_GET_HEAD)
        .cachePolicy(immutable)
        .compress(false)
        .viewerProtocolPolicy(ViewerProtocolPolicy.HTTPS_ONLY)
        .functionAssociations(atViewer)
        .build();
  }

  private static BehaviorOptions questions(IOrigin origin, List<FunctionAssociation> atViewer) {
    return BehaviorOptions.builder()
        .origin(origin)
        .allowedMethods(AllowedMethods.ALLOW_ALL)
        .cachePolicy(CachePolicy.CACHING_DISABLED)
        .originRequestPolicy(OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER)
        .compress(false)
        .viewerProtocolPolicy(ViewerProtocolPolicy.HTTPS_ONLY)
        .functionAssociations(atViewer)
        .build();
  }

  private static List<ErrorResponse> uncachedErrors() {
    List<ErrorResponse> responses = new ArrayList<>();
    for (int status : new int[] {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}) {
      responses.add(ErrorResponse.builder().httpStatus(status).ttl(Duration.seconds(0)).build());
    }
    return responses;
  }

  private void allowReads(Storage storage, Bucket bucket) {
    List<String> objects = new ArrayList<>();
    storage.pathsOf(bucket, ROUTED).forEach(path -> objects.add(bucket.arnForObjects(path)));
    bucket.addToResourcePolicy(ofTheDistribution("EdgeReads", "s3:GetObject", objects));
    // So that a missing key is 404 and not 403. No path of the viewer function's is a listing.
    bucket.addToResourcePolicy(
        ofTheDistribution("EdgeLists", "s3:ListBucket", List.of(bucket.getBucketArn())));
  }

  private PolicyStatement ofTheDistribution(String sid, String action, List<String> resources) {
    return PolicyStatement.Builder.create()
        .sid(sid)
        .principals(List.of(new ServicePrincipal("cloudfront.amazonaws.com")))
        .actions(List.of(action))
        .resources(resources)
        .conditions(
            Map.of(
                "StringEquals",
                Map.of("AWS:SourceArn", distributionArn(distribution.getDistributionId()))))
        .build();
  }

  /**
   * The key cannot name the distribution: it would be a circle of key, bucket and distribution. So
   * it names those of the account; another one of these has no right to the objects, and without
   * them the key opens nothing.
   */
  private void allowDecrypt(Key key) {
    key.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .sid("EdgeDecrypts")
            .principals(List.of(new ServicePrincipal("cloudfront.amazonaws.com")))
            .actions(List.of("kms:Decrypt"))
            .resources(List.of("*"))
            .conditions(Map.of("ArnLike", Map.of("AWS:SourceArn", distributionArn("*"))))
            .build());
  }

  private String distributionArn(String id) {
    Stack stack = Stack.of(this);
    return "arn:"
        + stack.getPartition()
        + ":cloudfront::"
        + stack.getAccount()
        + ":distribution/"
        + id;
  }

  /**
   * Beside the right to invoke the URL, which the origin brings: since October 2025 a function URL
   * wants this one too.
   */
  private void allowInvoke(Role role, ServerFunction function) {
    CfnPermission.Builder.create(this, role.id() + "Invoke")
        .action("lambda:InvokeFunction")
        .functionName(function.alias().getFunctionArn())
        .principal("cloudfront.amazonaws.com")
        .invokedViaFunctionUrl(true)
        .sourceArn(distributionArn(distribution.getDistributionId()))
        .build();
  }

  Distribution distribution() {
    return distribution;
  }

  KeyValueStore keys() {
    return keys;
  }
}
