package dev.graft.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awscdk.assertions.Match;

final class GraftStackTest {
  private static Synthesized standard;

  @BeforeAll
  static void synthesize() {
    standard = Synthesized.of(installation -> installation);
  }

  @Test
  void nag_findsNothingThatIsNotArguedFor() {
    standard.requireNoNag();
  }

  @Test
  void buckets_areClosedToThePublicUnversionedAndWithoutLifecycle() {
    Map<String, Object> closed =
        Map.of(
            "BlockPublicAcls", true,
            "BlockPublicPolicy", true,
            "IgnorePublicAcls", true,
            "RestrictPublicBuckets", true);
    assertThat(propertiesOf("AWS::S3::Bucket"))
        .hasSize(1)
        .allSatisfy(bucket -> {
          assertThat(bucket.get("PublicAccessBlockConfiguration")).isEqualTo(closed);
          assertThat(bucket)
              .doesNotContainKeys("VersioningConfiguration", "LifecycleConfiguration");
        });
    assertThat(standard.resources("AWS::S3::Bucket").values())
        .allSatisfy(bucket -> assertThat(bucket.get("DeletionPolicy")).isEqualTo("Retain"));
  }

  @Test
  void bucketPolicy_deniesEveryPutThatIsNotIfAbsent() {
    Map<String, Object> policy = propertiesOf("AWS::S3::BucketPolicy").getFirst();
    List<Map<String, Object>> statements = maps(map(policy.get("PolicyDocument")).get("Statement"));
    assertThat(statements)
        .anySatisfy(statement -> {
          assertThat(statement.get("Sid")).isEqualTo("PutIfAbsentOnly");
          assertThat(statement.get("Effect")).isEqualTo("Deny");
          assertThat(statement.get("Action")).isEqualTo("s3:PutObject");
          assertThat(statement.get("Principal")).isEqualTo(Map.of("AWS", "*"));
          assertThat(statement.get("Condition"))
              .isEqualTo(
                  Map.of(
                      "Null", Map.of("s3:if-none-match", "true"),
                      "Bool", Map.of("s3:ObjectCreationOperation", "true")));
        });
    assertThat(statements)
        .anySatisfy(statement ->
            assertThat(statement.get("Condition"))
                .isEqualTo(Map.of("Bool", Map.of("aws:SecureTransport", "false"))));
  }

  @Test
  void functions_areJava25OnArmWithSnapStartBehindAnAlias() {
    assertThat(propertiesOf("AWS::Lambda::Function"))
        .hasSize(5)
        .allSatisfy(function -> {
          assertThat(function.get("Runtime")).isEqualTo("java25");
          assertThat(function.get("Architectures")).isEqualTo(List.of("arm64"));
          assertThat(function.get("SnapStart")).isEqualTo(Map.of("ApplyOn", "PublishedVersions"));
        });
    standard.template().resourceCountIs("AWS::Lambda::Version", 5);
    assertThat(propertiesOf("AWS::Lambda::Alias"))
        .hasSize(5)
        .allSatisfy(alias -> assertThat(alias.get("Name")).isEqualTo("live"));
  }

  @Test
  void urls_wantIamAndStandOnTheAlias() {
    assertThat(propertiesOf("AWS::Lambda::Url"))
        .hasSize(4)
        .allSatisfy(url -> {
          assertThat(url.get("AuthType")).isEqualTo("AWS_IAM");
          assertThat(url.get("Qualifier")).isEqualTo("live");
        });
  }

  @Test
  void cloudFront_aloneMayInvokeTheUrlsAndByBothRights() {
    List<Map<String, Object>> permissions = propertiesOf("AWS::Lambda::Permission");
    assertThat(permissions)
        .filteredOn(p -> "lambda:InvokeFunctionUrl".equals(p.get("Action")))
        .hasSize(4)
        .allSatisfy(GraftStackTest::isOfTheDistribution);
    assertThat(permissions)
        .filteredOn(p -> "lambda:InvokeFunction".equals(p.get("Action")))
        .filteredOn(p -> Boolean.TRUE.equals(p.get("InvokedViaFunctionUrl")))
        .hasSize(4)
        .allSatisfy(GraftStackTest::isOfTheDistribution);
  }

  private static void isOfTheDistribution(Map<String, Object> permission) {
    assertThat(permission.get("Principal")).isEqualTo("cloudfront.amazonaws.com");
    assertThat(String.valueOf(permission.get("SourceArn"))).contains(":distribution/");
  }

  @Test
  void distribution_routesRangesFirstAndCachesNothingElse() {
    Map<String, Object> config = distribution();
    List<Map<String, Object>> behaviours = maps(config.get("CacheBehaviors"));
    assertThat(behaviours)
        .extracting(behaviour -> behaviour.get("PathPattern"))
        .containsExactly(
            "/v1/volumes/*/segments/*",
            "/v1/volumes/*/log/*",
            "/v1/volumes/*/commits",
            "/v1/volumes/*/uploads*",
            "/v1/volumes/*/changes",
            "/v1/volumes/*/info",
            "/v1/volumes/*/log",
            "/v1/volumes/*/state",
            "/v1/tokens*");
    String neverCached = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    assertThat(behaviours.subList(0, 2))
        .allSatisfy(behaviour -> {
          assertThat(behaviour.get("AllowedMethods")).isEqualTo(List.of("GET", "HEAD"));
          assertThat(behaviour.get("CachePolicyId")).isNotEqualTo(neverCached);
        });
    behaviours.add(map(config.get("DefaultCacheBehavior")));
    assertThat(behaviours.subList(2, behaviours.size()))
        .allSatisfy(behaviour -> assertThat(behaviour.get("CachePolicyId")).isEqualTo(neverCached));
    assertThat(behaviours)
        .allSatisfy(behaviour -> {
          assertThat(behaviour.get("Compress")).isEqualTo(false);
          assertThat(behaviour.get("ViewerProtocolPolicy")).isEqualTo("https-only");
          assertThat(maps(behaviour.get("FunctionAssociations")))
              .hasSize(1)
              .allSatisfy(
                  viewer -> assertThat(viewer.get("EventType")).isEqualTo("viewer-request"));
        });
    assertThat(config.get("HttpVersion")).isEqualTo("http2and3");
  }

  @Test
  void distribution_cachesNoError() {
    List<Map<String, Object>> errors = maps(distribution().get("CustomErrorResponses"));
    assertThat(errors)
        .allSatisfy(error -> assertThat(number(error.get("ErrorCachingMinTTL"))).isZero());
    assertThat(errors).extracting(error -> number(error.get("ErrorCode"))).contains(403, 404, 416);
  }

  @Test
  void cacheKey_isThePathAlone() {
    Map<String, Object> config =
        map(propertiesOf("AWS::CloudFront::CachePolicy").getFirst().get("CachePolicyConfig"));
    assertThat(number(config.get("MinTTL"))).isZero();
    assertThat(number(config.get("MaxTTL"))).isEqualTo(31_536_000);
    Map<String, Object> key = map(config.get("ParametersInCacheKeyAndForwardedToOrigin"));
    assertThat(key)
        .containsEntry("EnableAcceptEncodingBrotli", false)
        .containsEntry("EnableAcceptEncodingGzip", false)
        .containsEntry("HeadersConfig", Map.of("HeaderBehavior", "none"))
        .containsEntry("CookiesConfig", Map.of("CookieBehavior", "none"))
        .containsEntry("QueryStringsConfig", Map.of("QueryStringBehavior", "none"));
  }

  @Test
  void policies_nameWhatTheyAllow() {
    Set<String> wide = new TreeSet<>();
    for (Map<String, Object> policy : propertiesOf("AWS::IAM::Policy")) {
      for (Map<String, Object> statement :
          maps(map(policy.get("PolicyDocument")).get("Statement"))) {
        if (String.valueOf(statement.get("Action")).contains("*")
            || "*".equals(statement.get("Resource"))) {
          wide.add(statement.toString());
        }
      }
    }
    assertThat(wide).isEmpty();
    assertThat(propertiesOf("AWS::IAM::Role"))
        .allSatisfy(role -> assertThat(role).doesNotContainKey("ManagedPolicyArns"));
  }

  @Test
  void withoutCdn_aFunctionAnswersRangesAndNothingOfCloudFrontIsThere() {
    Synthesized bare =
        Synthesized.of(i ->
            new Installation(
                i.domain(),
                Duration.ofDays(30),
                Installation.Encryption.SSE_KMS,
                Installation.Stores.TWO,
                i.concurrency(),
                Optional.of("somebody@example.com"),
                false,
                false,
                i.accessLogs(),
                i.functions(),
                i.edgeFunction()));
    bare.template().resourceCountIs("AWS::CloudFront::Distribution", 0);
    bare.template().resourceCountIs("AWS::Lambda::Function", 6);
    bare.template().resourceCountIs("AWS::S3::Bucket", 2);
    bare.template().resourceCountIs("AWS::KMS::Key", 1);
    bare.template().hasResourceProperties("AWS::SNS::Subscription", Match.anyValue());
    bare.template().hasOutput("LogBucket", Match.anyValue());
    assertThat(String.valueOf(bare.resources("AWS::KMS::Key"))).doesNotContain("cloudfront");
    bare.requireNoNag();
  }

  @Test
  void alarmMail_topicIsOpenToAlarmsOfTheAccountAlone() {
    Synthesized told = Synthesized.of(i -> full(i));
    String topic = told.resources("AWS::SNS::Topic").keySet().iterator().next();
    List<Map<String, Object>> allowed =
        statements(told, "AWS::SNS::TopicPolicy").stream()
            .filter(statement -> "Allow".equals(statement.get("Effect")))
            .toList();
    assertThat(allowed)
        .singleElement()
        .satisfies(statement -> {
          assertThat(statement.get("Action")).isEqualTo("sns:Publish");
          assertThat(statement.get("Principal"))
              .isEqualTo(Map.of("Service", "cloudwatch.amazonaws.com"));
          assertThat(statement.get("Resource")).isEqualTo(Map.of("Ref", topic));
          Map<String, Object> condition = map(statement.get("Condition"));
          assertThat(condition.get("StringEquals"))
              .isEqualTo(Map.of("aws:SourceAccount", Map.of("Ref", "AWS::AccountId")));
          assertThat(String.valueOf(condition.get("ArnLike")))
              .contains("aws:SourceArn", ":cloudwatch:", ":alarm:*");
        });
    assertThat(told.resources("AWS::CloudWatch::Alarm").values())
        .hasSize(13)
        .allSatisfy(alarm ->
            assertThat(map(alarm.get("Properties")).get("AlarmActions"))
                .isEqualTo(List.of(Map.of("Ref", topic))));
    told.requireNoNag();
    assertEdgeReadsWhatIsRouted(told);
  }

  private static void assertEdgeReadsWhatIsRouted(Synthesized two) {
    List<Map<String, Object>> reads =
        statements(two, "AWS::S3::BucketPolicy").stream()
            .filter(statement -> "EdgeReads".equals(statement.get("Sid")))
            .toList();
    assertThat(reads).hasSize(2);
    assertThat(String.valueOf(reads)).contains("/volumes/*/segments/*", "/volumes/*/log/*");
    assertThat(reads)
        .allSatisfy(statement -> {
          assertThat(statement.get("Resource")).isInstanceOf(Map.class);
          assertThat(String.valueOf(statement.get("Condition"))).contains(":distribution/, {Ref=");
        });
    assertThat(statements(two, "AWS::KMS::Key"))
        .filteredOn(statement -> String.valueOf(statement.get("Principal")).contains("cloudfront"))
        .singleElement()
        .satisfies(statement -> {
          assertThat(statement.get("Action")).isEqualTo("kms:Decrypt");
          assertThat(String.valueOf(statement.get("Condition")))
              .contains("ArnLike", "{Ref=AWS::AccountId}", ":distribution/*");
        });
  }

  @Test
  void edge_readsWhatIsRoutedAndNothingElse() {
    List<Map<String, Object>> ofEdge =
        statements(standard, "AWS::S3::BucketPolicy").stream()
            .filter(s -> String.valueOf(s.get("Principal")).contains("cloudfront"))
            .toList();
    assertThat(ofEdge)
        .filteredOn(s -> String.valueOf(s.get("Action")).contains("s3:GetObject"))
        .singleElement()
        .satisfies(s -> {
          assertThat((List<?>) Objects.requireNonNull(s.get("Resource"))).hasSize(2);
          assertThat(String.valueOf(s.get("Resource")))
              .contains("/volumes/*/segments/*", "/volumes/*/log/*");
        });
    assertThat(ofEdge)
        .filteredOn(s -> String.valueOf(s.get("Action")).contains("s3:ListBucket"))
        .hasSize(1);
    assertThat(ofEdge).hasSize(2);
  }

  @Test
  void failures_haveAnAlarmInTheNameSpaceOfTheStack() {
    for (String metric : List.of("Failed", "AmbiguousOutcomes")) {
      standard
          .template()
          .hasResourceProperties(
              "AWS::CloudWatch::Alarm",
              Map.of("Namespace", "Graft/Graft", "MetricName", metric, "Statistic", "Sum"));
    }
    assertThat(propertiesOf("AWS::Lambda::Function"))
        .allSatisfy(function ->
            assertThat(variables(function))
                .containsEntry("GRAFT_METRICS_NAMESPACE", "Graft/Graft"));
    assertThat(String.valueOf(propertiesOf("AWS::CloudWatch::Dashboard")))
        .contains("Failed", "Refused", "Latency", "Errors", "Throttles", "5xxErrorRate")
        .doesNotContain("\"Graft\",");
  }

  @Test
  void edgeFailures_haveAnAlarmWhereCloudFrontsMetricsAre() {
    Synthesized there = Synthesized.in("us-east-1");
    there
        .template()
        .hasResourceProperties(
            "AWS::CloudWatch::Alarm",
            Map.of("Namespace", "AWS/CloudFront", "MetricName", "5xxErrorRate"));
    there.template().resourceCountIs("AWS::CloudWatch::Alarm", 14);
    Synthesized.in("eu-central-1").template().resourceCountIs("AWS::CloudWatch::Alarm", 13);
  }

  @Test
  void outputs_nameWhatUpkeepIsDoneWith() {
    standard.template().hasOutput("FailuresQueue", Match.anyValue());
    assertThat(String.valueOf(standard.template().findOutputs("MaintenanceFunction")))
        .contains(":live");
    assertThat(standard.template().findOutputs("LogBucket")).isEmpty();
  }

  private static List<Map<String, Object>> statements(Synthesized stack, String type) {
    List<Map<String, Object>> statements = new ArrayList<>();
    for (Map<String, Object> resource : stack.resources(type).values()) {
      Map<String, Object> properties = map(resource.get("Properties"));
      Object document = properties.getOrDefault("PolicyDocument", properties.get("KeyPolicy"));
      statements.addAll(maps(map(document).get("Statement")));
    }
    return statements;
  }

  private static Installation full(Installation i) {
    return new Installation(
        i.domain(),
        i.retention(),
        Installation.Encryption.SSE_KMS,
        Installation.Stores.TWO,
        i.concurrency(),
        Optional.of("somebody@example.com"),
        true,
        i.keepData(),
        i.accessLogs(),
        i.functions(),
        i.edgeFunction());
  }

  @Test
  void document_listsWhatTheTemplateHolds() throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    int all = 0;
    for (Object resource : map(standard.template().toJSON().get("Resources")).values()) {
      String type = String.valueOf(map(resource).get("Type"));
      counts.merge(type.substring("AWS::".length()).replace("::", " "), 1, Integer::sum);
      all++;
    }
    String listed =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
    String document = Files.readString(Path.of("..", "docs", "deploy.md"));
    assertThat(document).contains("The template: " + all + " resources: " + listed + ".");
    Matcher size = Pattern.compile("About ([0-9]+) KB\\.").matcher(document);
    assertThat(size.find()).isTrue();
    assertThat(Files.size(standard.file()) / 1_000.0)
        .isCloseTo(Integer.parseInt(size.group(1)), within(5.0));
  }

  @Test
  void retention_isGivenToEveryFunction() {
    assertThat(propertiesOf("AWS::Lambda::Function"))
        .allSatisfy(
            function -> assertThat(variables(function)).containsEntry("GRAFT_RETENTION", "PT168H"));
    Synthesized longer = Synthesized.of(i -> retaining(i, Duration.ofDays(30)));
    assertThat(longer.resources("AWS::Lambda::Function").values())
        .hasSize(5)
        .allSatisfy(function ->
            assertThat(variables(map(function.get("Properties"))))
                .containsEntry("GRAFT_RETENTION", "PT720H"));
  }

  @Test
  void retention_tooShortOrTooLong_isRefusedWithASentence() {
    for (Duration bad : List.of(Duration.ofHours(23), Duration.ofDays(3_651))) {
      assertThatThrownBy(() -> Synthesized.of(i -> retaining(i, bad)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(bad.toHours() + " hours: it has to be at least 24");
    }
  }

  private static Installation retaining(Installation i, Duration retention) {
    return new Installation(
        i.domain(),
        retention,
        i.encryption(),
        i.stores(),
        i.concurrency(),
        i.alarmMail(),
        i.cdn(),
        i.keepData(),
        i.accessLogs(),
        i.functions(),
        i.edgeFunction());
  }

  @Test
  void maintenance_aloneChangesTheEdgesStoreAndNothingElseOfCloudFront() {
    List<Map<String, Object>> statements = new ArrayList<>();
    List<String> holders = new ArrayList<>();
    standard
        .resources("AWS::IAM::Policy")
        .forEach((id, policy) -> {
          Map<String, Object> document = map(map(policy.get("Properties")).get("PolicyDocument"));
          for (Map<String, Object> statement : maps(document.get("Statement"))) {
            if (String.valueOf(statement.get("Action")).contains("cloudfront")) {
              statements.add(statement);
              holders.add(id);
            }
          }
        });
    assertThat(holders).singleElement().asString().startsWith("Maintenance");
    assertThat(statements.getFirst().get("Action"))
        .isEqualTo(
            List.of(
                "cloudfront-keyvaluestore:DescribeKeyValueStore",
                "cloudfront-keyvaluestore:ListKeys",
                "cloudfront-keyvaluestore:UpdateKeys"));
    String store = standard.resources("AWS::CloudFront::KeyValueStore").keySet().iterator().next();
    assertThat(statements.getFirst().get("Resource"))
        .isEqualTo(Map.of("Fn::GetAtt", List.of(store, "Arn")));
  }

  @Test
  void keyRing_whenItsParameterChanges_isBroughtToTheEdge() {
    Map<String, Object> rule = propertiesOf("AWS::Events::Rule").getFirst();
    assertThat(rule.get("EventPattern"))
        .isEqualTo(
            Map.of(
                "source", List.of("aws.ssm"),
                "detail-type", List.of("Parameter Store Change"),
                "detail",
                    Map.of(
                        "name", List.of("/graft/Graft/keys"),
                        "operation", List.of("Create", "Update"))));
    Map<String, Object> target = maps(rule.get("Targets")).getFirst();
    assertThat(target.get("Input")).isEqualTo("{\"task\":\"edge\"}");
    assertThat(String.valueOf(target.get("Arn"))).contains("MaintenanceLive");
    String queue = standard.resources("AWS::SQS::Queue").keySet().iterator().next();
    Map<String, Object> arn = Map.of("Fn::GetAtt", List.of(queue, "Arn"));
    assertThat(target.get("DeadLetterConfig")).isEqualTo(Map.of("Arn", arn));
    Map<String, Object> again = map(target.get("RetryPolicy"));
    assertThat(number(again.get("MaximumRetryAttempts"))).isEqualTo(185);
    assertThat(number(again.get("MaximumEventAgeInSeconds"))).isEqualTo(86_400);
    String from = standard.resources("AWS::Events::Rule").keySet().iterator().next();
    assertThat(statements(standard, "AWS::SQS::QueuePolicy"))
        .filteredOn(statement -> "Allow".equals(statement.get("Effect")))
        .singleElement()
        .satisfies(statement -> {
          assertThat(statement.get("Action")).isEqualTo("sqs:SendMessage");
          assertThat(statement.get("Principal"))
              .isEqualTo(Map.of("Service", "events.amazonaws.com"));
          assertThat(String.valueOf(statement.get("Condition")))
              .contains("aws:SourceArn", "Fn::GetAtt=[" + from + ", Arn]");
        });
    assertThat(propertiesOf("AWS::Lambda::Function"))
        .filteredOn(function -> variables(function).containsKey("GRAFT_EDGE_KEYS"))
        .extracting(function -> function.get("Handler"))
        .containsExactlyInAnyOrder(
            "dev.graft.functions.MaintenanceFunction::handleRequest",
            "dev.graft.functions.TokensFunction::handleRequest",
            "dev.graft.functions.VolumesFunction::handleRequest");
  }

  @Test
  void maintenance_aloneMayInvokeItselfAsOftenAsThereIsWork() {
    assertThat(propertiesOf("AWS::Lambda::Function"))
        .filteredOn(function -> "Allow".equals(function.get("RecursiveLoop")))
        .extracting(function -> function.get("Handler"))
        .containsExactly("dev.graft.functions.MaintenanceFunction::handleRequest");
  }

  @Test
  void domain_hasAnOutputThatItsRecordPointsTo() {
    String certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    Synthesized named =
        Synthesized.of(i ->
            new Installation(
                Optional.of(new Installation.Domain("db.example.com", certificate)),
                i.retention(),
                i.encryption(),
                i.stores(),
                i.concurrency(),
                i.alarmMail(),
                i.cdn(),
                i.keepData(),
                i.accessLogs(),
                i.functions(),
                i.edgeFunction()));
    assertThat(String.valueOf(named.template().findOutputs("Address")))
        .contains("https://db.example.com");
    assertThat(String.valueOf(named.template().findOutputs("DistributionName")))
        .contains("DomainName");
    assertThat(standard.template().findOutputs("DistributionName")).isEmpty();
  }

  private static Map<String, Object> variables(Map<String, Object> function) {
    return map(map(function.get("Environment")).get("Variables"));
  }

  private static Map<String, Object> distribution() {
    return map(propertiesOf("AWS::CloudFront::Distribution").getFirst().get("DistributionConfig"));
  }

  private static List<Map<String, Object>> propertiesOf(String type) {
    return standard.resources(type).values().stream()
        .map(resource -> map(resource.get("Properties")))
        .toList();
  }

  private static int number(@Nullable Object value) {
    return ((Number) Objects.requireNonNull(value)).intValue();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> maps(@Nullable Object value) {
    return new ArrayList<>((List<Map<String, Object>>) Objects.requireNonNull(value));
  }
}
