package dev.graft.http;

/** The names of the headers of {@code docs/http.md}, section 2, in lower case. */
public final class Headers {
  /** The token; never {@code authorization}, which the edge overwrites. */
  public static final String TOKEN = "graft-token";

  /** SHA-256 of a POST's or PUT's body, 64 lower-case hex digits. */
  public static final String CONTENT_SHA256 = "x-amz-content-sha256";

  /** {@link #JSON}, {@link #BYTES} or {@link #PROBLEM}. */
  public static final String CONTENT_TYPE = "content-type";

  /** One range, both ends given. */
  public static final String RANGE = "range";

  /** Which bytes of how many an answer brings. */
  public static final String CONTENT_RANGE = "content-range";

  /** The client's name for a request, for logs: 1 to 64 letters, digits and dashes. */
  public static final String REQUEST = "graft-request";

  /** The clock of the side that answers. */
  public static final String TIME = "graft-time";

  /** Seconds to wait, with 429 and 503. */
  public static final String RETRY_AFTER = "retry-after";

  /** {@link #NO_STORE} or {@link #FOR_EVER}. */
  public static final String CACHE_CONTROL = "cache-control";

  /** Content type of messages. */
  public static final String JSON = "application/json";

  /** Content type of segments and ranges. */
  public static final String BYTES = "application/octet-stream";

  /** Content type of what fails. */
  public static final String PROBLEM = "application/problem+json";

  /** What functions answer is not to be kept. */
  public static final String NO_STORE = "no-store";

  /** Ranges never change. */
  public static final String FOR_EVER = "public, max-age=31536000, immutable";

  private Headers() {}

  /** Whether a text may stand in {@link #REQUEST}. */
  public static boolean isRequestName(String text) {
    return !text.isEmpty()
        && text.length() <= HttpLimits.MAX_REQUEST_NAME
        && text.chars().allMatch(Headers::isNameCharacter);
  }

  private static boolean isNameCharacter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }
}
