package dev.graft.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What CloudFront is told, whole: each path, what answers it, and what is kept. */
final class EdgeTest {
  private static final String CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
  private static final String ALL_VIEWER_EXCEPT_HOST_HEADER =
      "b689b0a8-53d0-40ab-baf2-68738e2966ac";
  private static final String YEAR_IN_SECONDS = "31536000";

  private static final String QUESTIONS =
      """
      /v1/volumes/*/commits -> CommitLiveFunctionUrl.FunctionUrl by / at 2
      /v1/volumes/*/uploads* -> CommitLiveFunctionUrl.FunctionUrl by / at 2
      /v1/volumes/*/changes -> ChangesLiveFunctionUrl.FunctionUrl by / at 2
      /v1/volumes/*/info -> ChangesLiveFunctionUrl.FunctionUrl by / at 2
      /v1/volumes/*/log -> ChangesLiveFunctionUrl.FunctionUrl by / at 2
      /v1/volumes/*/state -> ChangesLiveFunctionUrl.FunctionUrl by / at 2
      /v1/tokens* -> TokensLiveFunctionUrl.FunctionUrl by / at 2
      everything else -> VolumesLiveFunctionUrl.FunctionUrl by / at 2
      """;

  @Test
  void behaviours_goToTheBucketOrTheFunctionOfTheirPath() {
    assertThat(routes(Stacks.standard()))
        .isEqualTo(
            """
            /v1/volumes/*/segments/* -> StoragePages.RegionalDomainName
            /v1/volumes/*/log/* -> StoragePages.RegionalDomainName
            """
                + QUESTIONS);
  }

  @Test
  void behaviours_withTwoBuckets_goToThatOfTheirPath() {
    assertThat(routes(Stacks.everything()))
        .isEqualTo(
            """
            /v1/volumes/*/segments/* -> StoragePages.RegionalDomainName
            /v1/volumes/*/log/* -> StorageLog.RegionalDomainName
            """
                + QUESTIONS);
  }

  private static String routes(Synthesized stack) {
    Map<String, String> domains = new HashMap<>();
    for (Map<String, Object> origin : Rendered.maps(distribution(stack).get("Origins"))) {
      domains.put(Rendered.text(origin.get("Id")), Rendered.text(origin.get("DomainName")));
    }
    StringBuilder routes = new StringBuilder();
    for (Map<String, Object> behaviour : behaviours(stack)) {
      routes
          .append(behaviour.getOrDefault("PathPattern", "everything else"))
          .append(" -> ")
          .append(domains.get(Rendered.text(behaviour.get("TargetOriginId"))))
          .append('\n');
    }
    return routes.toString();
  }

  @Test
  void origins_areAskedWithASignature() {
    for (Synthesized stack : List.of(Stacks.standard(), Stacks.everything())) {
      Map<String, String> kinds = new HashMap<>();
      stack
          .resources("AWS::CloudFront::OriginAccessControl")
          .forEach((id, control) -> {
            Map<String, Object> config =
                Rendered.map(Rendered.properties(control).get("OriginAccessControlConfig"));
            kinds.put(
                Rendered.name(id) + ".Id",
                config.get("SigningBehavior")
                    + " "
                    + config.get("SigningProtocol")
                    + " "
                    + config.get("OriginAccessControlOriginType"));
          });
      assertThat(Rendered.maps(distribution(stack).get("Origins")))
          .hasSizeGreaterThan(4)
          .allSatisfy(origin ->
              assertThat(kinds.get(Rendered.text(origin.get("OriginAccessControlId"))))
                  .isEqualTo(
                      origin.containsKey("S3OriginConfig")
                          ? "always sigv4 s3"
                          : "always sigv4 lambda"));
    }
  }

  @Test
  void ranges_areCachedForAYearUnlessTheObjectSaysOtherwise() {
    Map<String, Map<String, Object>> policies =
        Stacks.standard().resources("AWS::CloudFront::CachePolicy");
    assertThat(policies).hasSize(1);
    policies.forEach((id, policy) -> {
      Map<String, Object> config =
          Rendered.map(Rendered.properties(policy).get("CachePolicyConfig"));
      assertThat(Rendered.text(config.get("DefaultTTL"))).isEqualTo(YEAR_IN_SECONDS);
      assertThat(Rendered.text(config.get("MaxTTL"))).isEqualTo(YEAR_IN_SECONDS);
      assertThat(Rendered.text(config.get("MinTTL"))).isEqualTo("0");
      assertThat(behaviours(Stacks.standard()).subList(0, 2))
          .allSatisfy(range -> assertThat(range.get("CachePolicyId")).isEqualTo(Map.of("Ref", id)));
    });
  }

  @Test
  void questions_bringTheViewersHeadersToTheFunctionAndAreNotCached() {
    for (Synthesized stack : List.of(Stacks.standard(), Stacks.everything())) {
      List<Map<String, Object>> all = behaviours(stack);
      assertThat(all.subList(2, all.size()))
          .hasSize(8)
          .allSatisfy(question -> {
            // Without it neither graft-token nor any other header arrives.
            assertThat(question.get("OriginRequestPolicyId"))
                .isEqualTo(ALL_VIEWER_EXCEPT_HOST_HEADER);
            assertThat(question.get("CachePolicyId")).isEqualTo(CACHING_DISABLED);
            assertThat(Rendered.texts(question.get("AllowedMethods"))).contains("POST");
          });
      assertThat(all.subList(0, 2))
          .allSatisfy(range -> assertThat(range).doesNotContainKey("OriginRequestPolicyId"));
    }
  }

  @Test
  void errors_noneIsCached() {
    List<String> errors = new ArrayList<>();
    for (Map<String, Object> error :
        Rendered.maps(distribution(Stacks.standard()).get("CustomErrorResponses"))) {
      errors.add(Rendered.text(error));
    }
    assertThat(errors)
        .containsExactly(
            "{ErrorCachingMinTTL=0, ErrorCode=400}",
            "{ErrorCachingMinTTL=0, ErrorCode=403}",
            "{ErrorCachingMinTTL=0, ErrorCode=404}",
            "{ErrorCachingMinTTL=0, ErrorCode=405}",
            "{ErrorCachingMinTTL=0, ErrorCode=414}",
            "{ErrorCachingMinTTL=0, ErrorCode=416}",
            "{ErrorCachingMinTTL=0, ErrorCode=500}",
            "{ErrorCachingMinTTL=0, ErrorCode=501}",
            "{ErrorCachingMinTTL=0, ErrorCode=502}",
            "{ErrorCachingMinTTL=0, ErrorCode=503}",
            "{ErrorCachingMinTTL=0, ErrorCode=504}");
  }

  @Test
  void viewerFunction_readsTheStoreThatMaintenanceWrites() throws IOException {
    Map<String, Object> viewer = viewer();
    Map<String, Object> config = Rendered.map(viewer.get("FunctionConfig"));
    assertThat(Rendered.text(config.get("KeyValueStoreAssociations")))
        .isEqualTo("[{KeyValueStoreARN=EdgeKeys}]");
    assertThat(config.get("Runtime")).isEqualTo("cloudfront-js-2.0");
    assertThat(viewer.get("AutoPublish")).isEqualTo(true);
    assertThat(viewer.get("FunctionCode"))
        .isEqualTo(Files.readString(Path.of("edge", "function.js")));
  }

  private static Map<String, Object> viewer() {
    Map<String, Map<String, Object>> functions =
        Stacks.standard().resources("AWS::CloudFront::Function");
    assertThat(functions).hasSize(1);
    return Rendered.properties(Objects.requireNonNull(functions.values().iterator().next()));
  }

  @Test
  void viewerFunction_standsBeforeEveryBehaviour() {
    for (Synthesized stack : List.of(Stacks.standard(), Stacks.everything())) {
      assertThat(behaviours(stack))
          .hasSize(10)
          .allSatisfy(behaviour ->
              assertThat(Rendered.text(behaviour.get("FunctionAssociations")))
                  .isEqualTo("[{EventType=viewer-request, FunctionARN=EdgeViewer.FunctionARN}]"));
    }
  }

  @Test
  void domain_isAnsweredWithItsCertificateAndTls12() {
    Map<String, Object> config = distribution(Stacks.everything());
    assertThat(config.get("Aliases")).isEqualTo(List.of("graft.example.com"));
    assertThat(Rendered.text(config.get("ViewerCertificate")))
        .isEqualTo(
            "{AcmCertificateArn=arn:aws:acm:us-east-1:123456789012:certificate/1,"
                + " MinimumProtocolVersion=TLSv1.2_2021, SslSupportMethod=sni-only}");
  }

  private static Map<String, Object> distribution(Synthesized stack) {
    Map<String, Map<String, Object>> all = stack.resources("AWS::CloudFront::Distribution");
    assertThat(all).hasSize(1);
    return Rendered.map(
        Rendered.properties(all.values().iterator().next()).get("DistributionConfig"));
  }

  /** In the order in which CloudFront tries them. */
  private static List<Map<String, Object>> behaviours(Synthesized stack) {
    Map<String, Object> config = distribution(stack);
    List<Map<String, Object>> all = Rendered.maps(config.get("CacheBehaviors"));
    all.add(Rendered.map(config.get("DefaultCacheBehavior")));
    return all;
  }
}
