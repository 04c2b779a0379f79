package dev.graft.functions;

import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * AWS Signature Version 4A: as version 4, but by ECDSA on P-256, and so good in all regions at
 * once. CloudFront's key value store takes nothing else, and the SDK signs so only with a native
 * library that is larger than all our functions together.
 *
 * <p>Source: AWS IAM User Guide, "Create a signed AWS API request", with the derivation of the key
 * by NIST SP 800-108 in counter mode.
 */
final class GlobalSignature {
  static final String ALGORITHM = "AWS4-ECDSA-P256-SHA256";
  private static final String CURVE = "secp256r1";
  private static final int MAX_COUNTER = 254;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final String service;
  private final AwsCredentialsIdentity credentials;

  GlobalSignature(String service, AwsCredentialsIdentity credentials) {
    this.service = service;
    this.credentials = credentials;
  }

  /**
   * Signs a request.
   *
   * @param uri with path and query in their encoded form
   * @return all headers to send
   */
  Map<String, String> sign(
      String method, URI uri, Map<String, String> headers, byte[] body, Instant now) {
    Map<String, String> signed = new TreeMap<>();
    headers.forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value.strip()));
    signed.put("host", uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
    signed.put("x-amz-date", TIME.format(now));
    signed.put("x-amz-region-set", "*");
    signed.put("x-amz-content-sha256", sha256(body));
    if (credentials instanceof AwsSessionCredentialsIdentity session) {
      signed.put("x-amz-security-token", session.sessionToken());
    }
    String names = String.join(";", signed.keySet());
    String text = textToSign(method, uri, signed, now);
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key());
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      signed.put(
          "authorization",
          ALGORITHM
              + " Credential="
              + credentials.accessKeyId()
              + "/"
              + scope(now)
              + ", SignedHeaders="
              + names
              + ", Signature="
              + HexFormat.of().formatHex(signature.sign()));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this JDK does not sign with P-256", impossible);
    }
    return signed;
  }

  /** What is signed: of the headers all that are given. */
  String textToSign(String method, URI uri, Map<String, String> headers, Instant now) {
    StringBuilder canonical = new StringBuilder(method).append('\n');
    // Outside of S3 the path is encoded once more.
    canonical.append(SdkHttpUtils.urlEncodeIgnoreSlashes(uri.getRawPath())).append('\n');
    canonical.append(query(uri)).append('\n');
    new TreeMap<>(headers)
        .forEach((name, value) -> canonical.append(name).append(':').append(value).append('\n'));
    canonical.append('\n').append(String.join(";", new TreeMap<>(headers).keySet())).append('\n');
    canonical.append(headers.get("x-amz-content-sha256"));
    return String.join(
        "\n",
        ALGORITHM,
        TIME.format(now),
        scope(now),
        sha256(canonical.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static String query(URI uri) {
    if (uri.getRawQuery() == null) {
      return "";
    }
    List<String> pairs = new ArrayList<>(List.of(uri.getRawQuery().split("&", -1)));
    pairs.sort(null);
    return String.join("&", pairs);
  }

  private String scope(Instant now) {
    return TIME.format(now).substring(0, 8) + "/" + service + "/aws4_request";
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this JDK has no SHA-256", impossible);
    }
  }

  /** The private key that belongs to the credentials. */
  private ECPrivateKey key() throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(CURVE));
    ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
    ECPrivateKeySpec spec = new ECPrivateKeySpec(secret(curve.getOrder()), curve);
    return (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(spec);
  }

  /** The first candidate that is below the order of the curve: mostly the very first. */
  BigInteger secret(BigInteger order) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] input = ("AWS4A" + credentials.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
    mac.init(new SecretKeySpec(input, "HmacSHA256"));
    byte[] label = ALGORITHM.getBytes(StandardCharsets.US_ASCII);
    byte[] id = credentials.accessKeyId().getBytes(StandardCharsets.UTF_8);
    for (int counter = 1; counter <= MAX_COUNTER; counter++) {
      byte[] fixed =
          ByteBuffer.allocate(4 + label.length + 1 + id.length + 1 + 4)
              .putInt(1)
              .put(label)
              .put((byte) 0)
              .put(id)
              .put((byte) counter)
              .putInt(256)
              .array();
      BigInteger candidate = new BigInteger(1, mac.doFinal(fixed));
      if (candidate.compareTo(order.subtract(BigInteger.TWO)) <= 0) {
        return candidate.add(BigInteger.ONE);
      }
    }
    throw new GeneralSecurityException("no key can be derived from these credentials");
  }
}
