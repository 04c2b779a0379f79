package dev.graft.s3.fake;

import dev.graft.protocol.id.Hash;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks signatures of version 4, in a header or in a presigned address, after AWS's description
 * "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference.
 */
final class SigV4 {
  private static final Duration OLDEST = Duration.ofMinutes(15);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Pattern HEADER =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})");

  private final String accessKey;
  private final String secretKey;
  private final InstantSource clock;

  SigV4(String accessKey, String secretKey, InstantSource clock) {
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.clock = clock;
  }

  /** Lets a request pass, or says why not. */
  void check(FakeRequest request) throws Refusal {
    if (request.query().containsKey("X-Amz-Signature")) {
      checkAddress(request);
    } else {
      checkHeader(request);
    }
  }

  private void checkHeader(FakeRequest request) throws Refusal {
    Matcher parts = HEADER.matcher(request.header("authorization"));
    if (!parts.matches()) {
      throw new Refusal(403, "AccessDenied", "Access Denied");
    }
    String date = request.header("x-amz-date");
    if (Duration.between(parsed(date), clock.instant()).abs().compareTo(OLDEST) > 0) {
      throw new Refusal(
          403, "RequestTimeTooSkewed", "The difference between the clocks is too large.");
    }
    checkSigned(request, parts.group(2));
    String payload = request.header("x-amz-content-sha256");
    check(request, date, parts.group(1), parts.group(2), parts.group(3), payload);
    if (!payload.equals("UNSIGNED-PAYLOAD")
        && !payload.equals(Hash.sha256(request.body()).toString())) {
      throw new Refusal(400, "XAmzContentSHA256Mismatch", "The body has another SHA-256.");
    }
  }

  private void checkAddress(FakeRequest request) throws Refusal {
    String date = request.query().getOrDefault("X-Amz-Date", "");
    Instant signed = parsed(date);
    long seconds;
    try {
      seconds = Long.parseLong(request.query().getOrDefault("X-Amz-Expires", ""));
    } catch (NumberFormatException e) {
      throw new Refusal(400, "AuthorizationQueryParametersError", "X-Amz-Expires is missing");
    }
    if (clock.instant().isAfter(signed.plusSeconds(seconds))) {
      throw new Refusal(403, "AccessDenied", "Request has expired");
    }
    String names = request.query().getOrDefault("X-Amz-SignedHeaders", "");
    checkSigned(request, names);
    check(
        request,
        date,
        request.query().getOrDefault("X-Amz-Credential", ""),
        names,
        request.query().getOrDefault("X-Amz-Signature", ""),
        "UNSIGNED-PAYLOAD");
  }

  /** What S3 acts upon has to be signed. */
  private static void checkSigned(FakeRequest request, String names) throws Refusal {
    List<String> signed = List.of(names.split(";"));
    for (String name : request.headerNames()) {
      if (name.startsWith("x-amz-") && !signed.contains(name)) {
        throw new Refusal(
            403, "AccessDenied", "There were headers present which were not signed: " + name);
      }
    }
    if (!signed.contains("host")) {
      throw new Refusal(403, "AccessDenied", "host has to be signed");
    }
  }

  private void check(
      FakeRequest request,
      String date,
      String credential,
      String names,
      String signature,
      String payload)
      throws Refusal {
    String[] scope = credential.split("/");
    if (scope.length != 5
        || !scope[0].equals(accessKey)
        || !scope[3].equals("s3")
        || !scope[4].equals("aws4_request")
        || !date.startsWith(scope[1])) {
      throw new Refusal(
          403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist");
    }
    StringBuilder headers = new StringBuilder();
    for (String name : names.split(";")) {
      headers.append(name).append(':').append(request.header(name).trim().replaceAll(" +", " "));
      headers.append('\n');
    }
    String canonical =
        String.join(
            "\n",
            request.method(),
            request.rawPath(),
            canonicalQuery(request.rawQuery()),
            headers.toString(),
            names,
            payload);
    String toSign =
        String.join(
            "\n",
            "AWS4-HMAC-SHA256",
            date,
            String.join("/", scope[1], scope[2], scope[3], scope[4]),
            Hash.sha256(canonical.getBytes(StandardCharsets.UTF_8)).toString());
    byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
    for (int i = 1; i < scope.length; i++) {
      key = hmac(key, scope[i]);
    }
    String expected = HexFormat.of().formatHex(hmac(key, toSign));
    if (!MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8))) {
      throw new Refusal(
          403, "SignatureDoesNotMatch", "The request signature we calculated does not match");
    }
  }

  private static String canonicalQuery(String raw) {
    List<String> parts = new ArrayList<>();
    for (String part : raw.split("&")) {
      if (!part.isEmpty() && !part.startsWith("X-Amz-Signature=")) {
        parts.add(part.contains("=") ? part : part + "=");
      }
    }
    parts.sort(null);
    return String.join("&", parts);
  }

  private static Instant parsed(String date) throws Refusal {
    try {
      return TIME.parse(date, Instant::from);
    } catch (DateTimeException e) {
      throw new Refusal(403, "AccessDenied", "no date that can be read");
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HmacSHA256", e);
    }
  }
}
