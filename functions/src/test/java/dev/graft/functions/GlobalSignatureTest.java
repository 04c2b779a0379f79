package dev.graft.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * Our signatures against another implementation: the requests, keys and signatures here were made
 * by {@code @smithy/signature-v4a} 3.6.2 of npm, which is AWS's own. A signature of this kind is
 * another one each time, so each side's is verified with the other side's text and key.
 */
class GlobalSignatureTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final String HOST = "123456789012.cloudfront-kvs.global.api.aws";
  private static final String ROOT =
      "https://"
          + HOST
          + "/key-value-stores/arn%3Aaws%3Acloudfront%3A%3A123456789012%3Akey-value-store%2Fab-cd/keys";
  private static final byte[] BODY =
      "{\"Puts\":[{\"Key\":\"a\",\"Value\":\"b\"}]}".getBytes(StandardCharsets.UTF_8);

  private static final String POST_SIGNATURE =
      "3045022100a8d127e6033cd0987616352f64c9ac68d5ea847a1b480bcfdd4486b6598d3952"
          + "0220792d9d318236b445516de0394544ed24479277e2fcb8e31632f622105653bd46";
  private static final String GET_SIGNATURE =
      "3045022100bf39989b4e8be7118a03c55fa7715f9248e5168afd9fe7ceed0a2a55ad5259ca"
          + "0220784baf7f7d00304d1c14b3b7911389a8f262879f8dda6d66972f2f09b2a935b2";

  private final GlobalSignature signature =
      new GlobalSignature(
          EdgeKeyStore.SERVICE,
          AwsSessionCredentials.create(
              ExampleKey.ACCESS_KEY, ExampleKey.SECRET_KEY, "session/token=="));

  @Test
  void post_headersAreTheOthersAndItsSignatureFitsOurText() throws GeneralSecurityException {
    URI uri = URI.create(ROOT);
    Map<String, String> headers =
        new TreeMap<>(
            signature.sign(
                "POST",
                uri,
                Map.of("If-Match", "ETAG1", "content-type", "application/json"),
                BODY,
                TIME));
    String authorization = String.valueOf(headers.remove("authorization"));
    assertThat(headers)
        .isEqualTo(
            Map.of(
                "host", HOST,
                "if-match", "ETAG1",
                "content-type", "application/json",
                "x-amz-date", "20260102T030405Z",
                "x-amz-security-token", "session/token==",
                "x-amz-region-set", "*",
                "x-amz-content-sha256",
                    "54a0885d5a7bfaf3aee14831bddbffe849fca31e463f165d7ecedfecc8496d05"));
    assertThat(authorization)
        .startsWith(
            "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20260102/cloudfront-keyvaluestore/aws4_request,"
                + " SignedHeaders=content-type;host;if-match;x-amz-content-sha256;x-amz-date;"
                + "x-amz-region-set;x-amz-security-token, Signature=");
    String text = signature.textToSign("POST", uri, headers, TIME);
    assertThat(ExampleKey.verifies(text, HexFormat.of().parseHex(POST_SIGNATURE))).isTrue();
    byte[] ours =
        HexFormat.of().parseHex(authorization.substring(authorization.lastIndexOf('=') + 1));
    assertThat(ExampleKey.verifies(text, ours)).isTrue();
    assertThat(ExampleKey.verifies(text + " ", ours)).isFalse();
  }

  @Test
  void get_queryInAnyOrder_fitsTheOthersSignature() throws GeneralSecurityException {
    URI uri = URI.create(ROOT + "?NextToken=a%20b%2Bc%2Fd%3D&MaxResults=50");
    Map<String, String> headers =
        new TreeMap<>(signature.sign("GET", uri, Map.of(), new byte[0], TIME));
    headers.remove("authorization");
    String text = signature.textToSign("GET", uri, headers, TIME);
    assertThat(ExampleKey.verifies(text, HexFormat.of().parseHex(GET_SIGNATURE))).isTrue();
  }
}
