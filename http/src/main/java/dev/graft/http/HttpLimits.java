package dev.graft.http;

/** Sizes and counts that the HTTP face keeps to, on both sides. */
public final class HttpLimits {
  /** The longest JSON body of a request: 1 MiB. */
  public static final int MAX_REQUEST_BYTES = 1 << 20;

  /** A segment above this goes to the store by itself, and not through a function: 1 MiB. */
  public static final int MAX_UPLOAD_BYTES = 1 << 20;

  /** The longest JSON body of an answer: what a Lambda function can answer, 6 MB. */
  public static final int MAX_ANSWER_BYTES = 6_000_000;

  /** Where a log page is cut, by the size of the JSON that it makes: 2 MiB. */
  public static final int LOG_ANSWER_BYTES = 2 << 20;

  /** The most bytes of a range that a function answers at once: 4 MiB. */
  public static final int MAX_RANGE_BYTES = 4 << 20;

  /** Objects and arrays nest no deeper. */
  public static final int MAX_NESTING = 16;

  /** The most values in one JSON body of a request. */
  public static final int MAX_REQUEST_VALUES = 1 << 13;

  /** The most values in one JSON body of an answer. */
  public static final int MAX_ANSWER_VALUES = 1 << 18;

  /** The most commits of one log page. */
  public static final int MAX_LOG_COMMITS = 1000;

  /** The longest token, in characters: 4 KiB. */
  public static final int MAX_TOKEN = 4096;

  /** The longest label of a token, in characters. */
  public static final int MAX_LABEL = 64;

  /** The longest name that a client gives a request. */
  public static final int MAX_REQUEST_NAME = 64;

  /** The longest address that a presigned upload may have, in characters. */
  public static final int MAX_URL = 8192;

  /** The most headers of a presigned upload. */
  public static final int MAX_PRESIGNED_HEADERS = 32;

  private HttpLimits() {}
}
