package dev.graft.infra;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.services.s3.IBucket;

/**
 * What a {@link GraftReadReplica} answers from, and how.
 *
 * @param volume {@code vol-...}
 * @param ancestors of a fork: the volumes whose pages it shares, {@code vol-...}
 * @param pages the installation's bucket
 * @param log the bucket of commits and state; the same one when there is one
 * @param artifact the zip of the replica, {@code replica/target/graft-replica.zip}
 * @param memoryMb of the function; a processor of its own begins with 1769
 * @param freshness how old a snapshot may be when a question does not say
 * @param statements by name; with some, the replica answers these alone
 * @param prime statements that are run before the snapshot is taken
 * @param hydrate tables and indexes whose pages are brought before the snapshot is taken
 * @param republishEvery how often a new snapshot is taken; none for never
 */
public record ReadReplica(
    String volume,
    List<String> ancestors,
    IBucket pages,
    IBucket log,
    Path artifact,
    int memoryMb,
    Duration freshness,
    Map<String, String> statements,
    List<String> prime,
    List<String> hydrate,
    Optional<Duration> republishEvery) {
  private static final int PROCESSOR_MB = 1769;

  public ReadReplica {
    if (!volume.matches("vol-[0-7][0-9a-z]{25}")) {
      throw new IllegalArgumentException("'" + volume + "' is no volume: write vol-...");
    }
    ancestors = List.copyOf(ancestors);
    statements = Map.copyOf(statements);
    prime = List.copyOf(prime);
    hydrate = List.copyOf(hydrate);
  }

  /** A replica that answers any reading statement from the newest commit. */
  public static ReadReplica of(String volume, IBucket bucket, Path artifact) {
    return of(volume, bucket, bucket, artifact);
  }

  /** The same where commits and state have a bucket of their own. */
  public static ReadReplica of(String volume, IBucket pages, IBucket log, Path artifact) {
    return new ReadReplica(
        volume,
        List.of(),
        pages,
        log,
        artifact,
        PROCESSOR_MB,
        Duration.ZERO,
        Map.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  /** The same with a new snapshot every so often. */
  public ReadReplica republishedEvery(Duration every) {
    return new ReadReplica(
        volume,
        ancestors,
        pages,
        log,
        artifact,
        memoryMb,
        freshness,
        statements,
        prime,
        hydrate,
        Optional.of(every));
  }
}
