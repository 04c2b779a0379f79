package dev.graft.s3;

import dev.graft.protocol.error.GraftException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Turns what S3 and the SDK refuse into failures of a store, with a sentence that helps. */
final class S3Failures {
  private static final Set<String> DAMAGED_ON_ITS_WAY =
      Set.of(
          "RequestTimeout",
          "BadDigest",
          "InvalidDigest",
          "IncompleteBody",
          "XAmzContentSHA256Mismatch",
          "XAmzContentChecksumMismatch");
  private static final Set<String> OLD_CREDENTIALS =
      Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired");
  private static final Set<String> ELSEWHERE =
      Set.of(
          "PermanentRedirect",
          "TemporaryRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException");
  private static final Set<String> FULL =
      Set.of("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage");
  private static final int MAX_CAUSES = 10;

  private final S3Settings settings;

  S3Failures(S3Settings settings) {
    this.settings = settings;
  }

  /** The error code of an answer; empty when it had none, as answers to HEAD have none. */
  static String codeOf(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null ? "" : Objects.requireNonNullElse(details.errorCode(), "");
  }

  /**
   * Whether it is certain that a write landed nothing and will not: S3 refused it. An answer of
   * 5xx, or a 408 of something on the way, leaves that open.
   */
  static boolean isRefusal(AwsServiceException e) {
    int status = e.statusCode();
    return (status >= 300 && status < 500 && status != 408) || status == 501;
  }

  /** Whether no connection was made, so that nothing was sent. */
  static boolean isUnreached(Throwable e) {
    return has(e, ConnectException.class)
        || has(e, UnknownHostException.class)
        || has(e, NoRouteToHostException.class)
        || has(e, Surroundings.NoCredentials.class);
  }

  /**
   * What a failed request is to the engine.
   *
   * @param action for example {@code read volumes/...}
   */
  GraftException of(String action, RuntimeException e) {
    if (e instanceof AwsServiceException answered) {
      return ofAnswer("cannot " + action + " in " + settings, answered);
    }
    if (has(e, Surroundings.NoCredentials.class)) {
      return new GraftException.Unauthorized(
          "cannot "
              + action
              + " in "
              + settings
              + ": there are no credentials for AWS; set AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or log in with 'aws sso login'");
    }
    if (has(e, UnknownHostException.class)) {
      return new GraftException.Unavailable(
          "cannot "
              + action
              + " in "
              + settings
              + ": its host is not known; check the network, the region and the endpoint",
          e);
    }
    return new GraftException.Unavailable(
        "cannot " + action + " in " + settings + ": " + reason(e), e);
  }

  private GraftException ofAnswer(String what, AwsServiceException e) {
    int status = e.statusCode();
    String code = codeOf(e);
    String seen = " (" + status + (code.isEmpty() ? "" : " " + code) + ")";
    if (status == 409 || DAMAGED_ON_ITS_WAY.contains(code)) {
      return new GraftException.Unavailable(what + seen + "; try again", e);
    }
    if (code.equals("RequestTimeTooSkewed")) {
      return new GraftException.Unavailable(
          what + seen + ": the clock of this machine is wrong; set it right", e);
    }
    if (code.equals("NoSuchBucket")) {
      return new GraftException.NotFound(
          "there is no bucket '" + settings.bucket() + "': make it, or name another");
    }
    if (ELSEWHERE.contains(code) || status == 301 || status == 307) {
      return new GraftException.Misuse(
          what
              + seen
              + ": the bucket lies in "
              + header(e, "x-amz-bucket-region", "another region")
              + "; set AWS_REGION to it");
    }
    if (OLD_CREDENTIALS.contains(code)) {
      return new GraftException.Unauthorized(
          what + seen + ": the credentials are no longer valid; renew them");
    }
    if (status == 401 || status == 403) {
      return new GraftException.Unauthorized(what + seen + ": " + permission(code));
    }
    if (status == 507 || FULL.contains(code)) {
      return new GraftException.Limit(what + seen + ": the store is full", e);
    }
    if (status == 501) {
      return new GraftException.Misuse(
          what
              + seen
              + ": this store does not know conditional writes (PUT with If-None-Match: *); choose"
              + " another or update it");
    }
    if (status >= 500 || status == 404 || status == 408 || status == 412 || status == 429) {
      return new GraftException.Unavailable(what + seen, e);
    }
    return new GraftException.Misuse(what + seen + ": " + message(e));
  }

  private static String permission(String code) {
    return switch (code) {
      case "InvalidAccessKeyId", "SignatureDoesNotMatch" ->
          "the access key or its secret is wrong; check AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY";
      default ->
          "the credentials in use are not allowed to; they need s3:GetObject, s3:PutObject,"
              + " s3:DeleteObject on the objects and s3:ListBucket on the bucket";
    };
  }

  static GraftException noRegion(S3Settings settings) {
    return new GraftException.Misuse(
        "nothing says in which region " + settings + " lies; set AWS_REGION");
  }

  /** What was seen of a failed request, in a few words. */
  static String reason(RuntimeException e) {
    if (e instanceof AwsServiceException answered) {
      return (answered.statusCode() + " " + codeOf(answered)).strip();
    }
    Throwable last = e;
    for (int i = 0; i < MAX_CAUSES && last.getCause() != null; i++) {
      last = last.getCause();
    }
    String words = Objects.requireNonNullElse(last.getMessage(), "");
    return last.getClass().getSimpleName().replace("Exception", "").toLowerCase(Locale.ROOT)
        + (words.isEmpty() ? "" : ": " + words);
  }

  private static String message(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.errorMessage() == null
        ? "the store says no more"
        : details.errorMessage();
  }

  /** A header of the answer that an exception stands for. */
  static String header(AwsServiceException e, String name, String otherwise) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.sdkHttpResponse() == null
        ? otherwise
        : details.sdkHttpResponse().firstMatchingHeader(name).orElse(otherwise);
  }

  private static boolean has(Throwable e, Class<? extends Throwable> kind) {
    Throwable at = e;
    for (int i = 0; i < MAX_CAUSES && at != null; i++) {
      if (kind.isInstance(at)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }
}
