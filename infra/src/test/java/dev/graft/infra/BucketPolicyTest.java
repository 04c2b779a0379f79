package dev.graft.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whole policy of each bucket: what no right of a role's comes around. */
final class BucketPolicyTest {
  private static final String DENIALS =
      """
      unnamed: Deny s3:* to {AWS=*} on [BUCKET, BUCKET/*] if {Bool={aws:SecureTransport=false}}
      unnamed: Deny s3:* to {AWS=*} on [BUCKET, BUCKET/*] if {NumericLessThan={s3:TlsVersion=1.2}}
      """;

  private static final String STORE =
      """
      PutIfAbsentOnly: Deny s3:PutObject to {AWS=*} on BUCKET/* if {\
      Bool={s3:ObjectCreationOperation=true}, Null={s3:if-none-match=true}}
      NoCopies: Deny s3:PutObject to {AWS=*} on BUCKET/* if {Null={s3:x-amz-copy-source=false}}
      """;

  /** To be given the paths of what CloudFront reads. */
  private static final String EDGE =
      """
      EdgeReads: Allow s3:GetObject to {Service=cloudfront.amazonaws.com} on PATHS if \
      {StringEquals={AWS:SourceArn=DISTRIBUTION}}
      EdgeLists: Allow s3:ListBucket to {Service=cloudfront.amazonaws.com} on BUCKET if \
      {StringEquals={AWS:SourceArn=DISTRIBUTION}}
      """
          .replace(
              "DISTRIBUTION", "arn:Partition:cloudfront::AccountId:distribution/EdgeDistribution");

  @Test
  void bucket_ofAll_deniesPlainHttpOldTlsReplacementAndCopies() {
    assertThat(Stacks.standard().resources("AWS::S3::BucketPolicy")).hasSize(1);
    assertThat(policy(Stacks.standard(), "StoragePages"))
        .containsExactlyElementsOf(
            expected(
                DENIALS + STORE + EDGE,
                "StoragePages",
                "[StoragePages/volumes/*/segments/*, StoragePages/volumes/*/log/*]"));
  }

  @Test
  void buckets_ofPagesAndLog_denyTheSame() {
    assertThat(Stacks.everything().resources("AWS::S3::BucketPolicy")).hasSize(3);
    assertThat(policy(Stacks.everything(), "StoragePages"))
        .containsExactlyElementsOf(
            expected(DENIALS + STORE + EDGE, "StoragePages", "StoragePages/volumes/*/segments/*"));
    assertThat(policy(Stacks.everything(), "StorageLog"))
        .containsExactlyElementsOf(
            expected(DENIALS + STORE + EDGE, "StorageLog", "StorageLog/volumes/*/log/*"));
  }

  @Test
  void buckets_withoutCdn_denyTheSameAndLetNobodyIn() {
    for (String bucket : List.of("StoragePages", "StorageLog")) {
      assertThat(policy(Stacks.withoutCdn(), bucket))
          .containsExactlyElementsOf(expected(DENIALS + STORE, bucket, "none"));
    }
  }

  @Test
  void bucket_ofAccessLogs_deniesPlainHttpAndOldTls() {
    assertThat(policy(Stacks.everything(), "StorageAccessLogs"))
        .containsAll(expected(DENIALS, "StorageAccessLogs", "none"));
  }

  @Test
  void buckets_areEncryptedAsChosen() {
    assertThat(encryption(Stacks.standard(), "StoragePages"))
        .isEqualTo("[{ServerSideEncryptionByDefault={SSEAlgorithm=AES256}}]");
    for (String bucket : List.of("StoragePages", "StorageLog")) {
      assertThat(encryption(Stacks.everything(), bucket))
          .isEqualTo(
              "[{BucketKeyEnabled=true, ServerSideEncryptionByDefault={"
                  + "KMSMasterKeyID=StorageKey, SSEAlgorithm=aws:kms}}]");
    }
  }

  private static String encryption(Synthesized stack, String bucket) {
    List<String> found = new ArrayList<>();
    stack
        .resources("AWS::S3::Bucket")
        .forEach((id, resource) -> {
          if (Rendered.name(id).equals(bucket)) {
            Map<String, Object> of =
                Rendered.map(Rendered.properties(resource).get("BucketEncryption"));
            found.add(Rendered.text(of.get("ServerSideEncryptionConfiguration")));
          }
        });
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static List<String> expected(String policy, String bucket, String paths) {
    return policy.replace("PATHS", paths).replace("BUCKET", bucket).lines().toList();
  }

  private static List<String> policy(Synthesized stack, String bucket) {
    List<String> lines = new ArrayList<>();
    for (Map<String, Object> policy : stack.resources("AWS::S3::BucketPolicy").values()) {
      Map<String, Object> properties = Rendered.properties(policy);
      if (!Rendered.text(properties.get("Bucket")).equals(bucket)) {
        continue;
      }
      Map<String, Object> document = Rendered.map(properties.get("PolicyDocument"));
      for (Map<String, Object> statement : Rendered.maps(document.get("Statement"))) {
        lines.add(
            "%s: %s %s to %s on %s if %s"
                .formatted(
                    statement.getOrDefault("Sid", "unnamed"),
                    statement.get("Effect"),
                    Rendered.text(statement.get("Action")),
                    Rendered.text(statement.get("Principal")),
                    Rendered.text(statement.get("Resource")),
                    Rendered.text(statement.get("Condition"))));
      }
    }
    return lines;
  }
}
