package dev.graft.s3;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where objects lie in S3, and how it is spoken to.
 *
 * @param bucket the bucket's name
 * @param prefix what every key begins with there: empty, or a key and a slash
 * @param region the bucket's region; none: as the SDK's usual chain says, or {@code us-east-1} when
 *     there is an endpoint
 * @param endpoint of a store that speaks S3; none: as {@code AWS_ENDPOINT_URL_S3} or {@code
 *     AWS_ENDPOINT_URL} say, else AWS
 * @param pathStyle whether the bucket stands in the path and not in the host's name; none: it does
 *     when there is an endpoint
 * @param listsInOrder whether LIST gives keys in order and takes a key to start after; directory
 *     buckets (S3 Express) do neither
 * @param timeouts how long is waited
 * @param maxRequests the most requests on their way at once
 */
public record S3Settings(
    String bucket,
    String prefix,
    Optional<String> region,
    Optional<URI> endpoint,
    Optional<Boolean> pathStyle,
    boolean listsInOrder,
    Timeouts timeouts,
    int maxRequests) {
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,126}");

  /** What the names of directory buckets end with. */
  private static final String DIRECTORY_BUCKET = "--x-s3";

  private static final String SCHEME = "s3://";

  /**
   * How long is waited for an answer.
   *
   * @param connect for a connection
   * @param silence while no byte comes
   * @param answer from the first byte sent to the head of the answer, all in all
   */
  public record Timeouts(Duration connect, Duration silence, Duration answer) {
    /** Longer than S3 ever takes, shorter than a caller's patience. */
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(8), Duration.ofSeconds(30));
  }

  public S3Settings {
    if (!BUCKET.matcher(bucket).matches()) {
      throw new GraftException.Misuse("'" + bucket + "' is no name of a bucket");
    }
    boolean folder =
        prefix.endsWith("/") && ObjectKey.isKey(prefix.substring(0, prefix.length() - 1));
    if (!prefix.isEmpty() && !folder) {
      throw new GraftException.Misuse(
          "'" + prefix + "' is no prefix: take a-z, 0-9, '-', '_' and '/' and end with '/'");
    }
    if (maxRequests < 1) {
      throw new GraftException.Misuse("at least 1 request at once, not " + maxRequests);
    }
  }

  /** A bucket, and all else as usual. */
  public static S3Settings of(String bucket) {
    return new S3Settings(
        bucket,
        "",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        !bucket.endsWith(DIRECTORY_BUCKET),
        Timeouts.DEFAULT,
        128);
  }

  /**
   * Reads {@code s3://BUCKET} or {@code s3://BUCKET/PREFIX}; a slash at the end counts for nothing.
   */
  public static S3Settings parse(String address) {
    String rest = address.startsWith(SCHEME) ? address.substring(SCHEME.length()) : "";
    int slash = rest.indexOf('/');
    String bucket = slash < 0 ? rest : rest.substring(0, slash);
    String prefix = slash < 0 ? "" : rest.substring(slash + 1);
    if (bucket.isEmpty()) {
      throw new GraftException.Misuse(
          "'" + address + "' names no bucket; write s3://BUCKET or s3://BUCKET/PREFIX");
    }
    return of(bucket).withPrefix(prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/");
  }

  /** The same below another prefix. */
  public S3Settings withPrefix(String other) {
    return new S3Settings(
        bucket, other, region, endpoint, pathStyle, listsInOrder, timeouts, maxRequests);
  }

  /** The same in another region. */
  public S3Settings withRegion(String other) {
    return new S3Settings(
        bucket,
        prefix,
        Optional.of(other),
        endpoint,
        pathStyle,
        listsInOrder,
        timeouts,
        maxRequests);
  }

  /** The same at another endpoint. */
  public S3Settings withEndpoint(URI other) {
    return new S3Settings(
        bucket, prefix, region, Optional.of(other), pathStyle, listsInOrder, timeouts, maxRequests);
  }

  /** The same with the bucket in the path, or in the host's name. */
  public S3Settings withPathStyle(boolean other) {
    return new S3Settings(
        bucket, prefix, region, endpoint, Optional.of(other), listsInOrder, timeouts, maxRequests);
  }

  /** The same for a bucket that lists in no order. */
  public S3Settings withoutOrder() {
    return new S3Settings(
        bucket, prefix, region, endpoint, pathStyle, false, timeouts, maxRequests);
  }

  /** The same with other patience. */
  public S3Settings withTimeouts(Timeouts other) {
    return new S3Settings(
        bucket, prefix, region, endpoint, pathStyle, listsInOrder, other, maxRequests);
  }

  /** {@code s3://BUCKET/PREFIX}. */
  @Override
  public String toString() {
    return SCHEME
        + bucket
        + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1));
  }
}
