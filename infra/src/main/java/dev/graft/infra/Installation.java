package dev.graft.infra;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What one may choose about an installation. Everything has a default that works.
 *
 * @param domain a name of one's own for the edge; none for CloudFront's
 * @param retention how long volumes that are made keep an LSN after it ceased to be the head: 24
 *     hours to 3,650 days; each volume's own can be changed later
 * @param encryption of objects at rest
 * @param stores one bucket, or commits and state in a bucket of their own
 * @param concurrency how many instances of each function may run at once, reserved for it; none for
 *     what the account has left
 * @param alarmMail where alarms are sent; none for nobody
 * @param cdn whether CloudFront stands in front; without it (LocalStack) a function answers ranges
 * @param keepData whether the buckets outlive the stack and the stack is protected from deletion
 * @param accessLogs whether the buckets and the distribution write access logs to a bucket
 * @param functions the zip of the functions
 * @param edgeFunction the source of the viewer function
 */
public record Installation(
    Optional<Domain> domain,
    Duration retention,
    Encryption encryption,
    Stores stores,
    Optional<Reserved> concurrency,
    Optional<String> alarmMail,
    boolean cdn,
    boolean keepData,
    boolean accessLogs,
    Path functions,
    Path edgeFunction) {
  /** How objects are encrypted at rest. */
  public enum Encryption {
    /** By S3's own keys: no further cost, no further limit. */
    SSE_S3,
    /** By a key of the account in KMS, with bucket keys. */
    SSE_KMS
  }

  /** How many buckets. */
  public enum Stores {
    /** All in one. */
    ONE,
    /** Commits and state records in one, everything else in another. */
    TWO
  }

  /**
   * A name of one's own for the edge.
   *
   * @param name for example {@code graft.example.com}
   * @param certificateArn of a certificate for it in us-east-1
   */
  public record Domain(String name, String certificateArn) {}

  /**
   * Instances that are reserved.
   *
   * @param each for each function
   * @param ofAccount what the account may run at once in the region, all functions together
   */
  public record Reserved(int each, int ofAccount) {
    /** What AWS gives an account that has not asked for more; a new one may have less. */
    public static final int OF_AN_ACCOUNT = 1_000;

    /** What has to stay for functions that reserve nothing; Lambda refuses to reserve it. */
    public static final int UNRESERVED = 100;

    public Reserved {
      if (each < 1) {
        throw new IllegalArgumentException("concurrency is " + each + ": it has to be at least 1");
      }
    }

    void requireRoom(int functions) {
      long wanted = (long) each * functions;
      int most = Math.max(0, ofAccount - UNRESERVED) / functions;
      if (each > most) {
        throw new IllegalArgumentException(
            "concurrency is "
                + each
                + " for each of "
                + functions
                + " functions, "
                + wanted
                + " in all: of the "
                + ofAccount
                + " that the account may run at once "
                + UNRESERVED
                + " have to stay unreserved, so "
                + (most == 0 ? "leave it out" : "at most " + most)
                + "; when AWS gives the account more, say so by -c accountConcurrency=NUMBER");
      }
    }
  }

  /** The least retention (docs/protocol.md, rule 5.7). */
  public static final Duration LEAST_RETENTION = Duration.ofHours(24);

  /** The longest one. */
  public static final Duration MOST_RETENTION = Duration.ofDays(3_650);

  public Installation {
    if (retention.compareTo(LEAST_RETENTION) < 0 || retention.compareTo(MOST_RETENTION) > 0) {
      throw new IllegalArgumentException(
          "retention is "
              + retention.toHours()
              + " hours: it has to be at least 24 and at most "
              + MOST_RETENTION.toHours());
    }
    concurrency.ifPresent(reserved -> reserved.requireRoom(Role.of(cdn).size()));
  }

  /** The defaults: one bucket, seven days of history, SSE-S3, CloudFront, data is kept. */
  public static Installation standard(Path functions, Path edgeFunction) {
    return new Installation(
        Optional.empty(),
        Duration.ofDays(7),
        Encryption.SSE_S3,
        Stores.ONE,
        Optional.empty(),
        Optional.empty(),
        true,
        true,
        false,
        functions,
        edgeFunction);
  }
}
