package dev.graft.infra;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
 * @param republishEvery how often a new snapshot is taken, 30 minutes or more; none for never
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

  /** What SnapStart, SQLite and the cache want at least, and what Lambda gives at most. */
  private static final int LEAST_MB = 512;

  private static final int MOST_MB = 10_240;

  /** The most of these three that Lambda takes as variables, 4 KB in all. */
  private static final int MOST_SETTING_BYTES = 3_500;

  /** A new snapshot is given up after as long, so that never two are taken at one time. */
  static final Duration LEAST_REPUBLISH = Duration.ofMinutes(30);

  public ReadReplica {
    requireVolume(volume);
    ancestors.forEach(ReadReplica::requireVolume);
    if (memoryMb < LEAST_MB || memoryMb > MOST_MB) {
      throw new IllegalArgumentException(
          "a replica with " + memoryMb + " MB: it has to be " + LEAST_MB + " to " + MOST_MB);
    }
    republishEvery.ifPresent(every -> {
      if (every.compareTo(LEAST_REPUBLISH) < 0) {
        throw new IllegalArgumentException(
            "a new snapshot every "
                + every.toSeconds()
                + " s: one takes minutes, so it has to be "
                + LEAST_REPUBLISH.toMinutes()
                + " minutes or more");
      }
    });
    ancestors = List.copyOf(ancestors);
    statements = Map.copyOf(statements);
    prime = List.copyOf(prime);
    hydrate = List.copyOf(hydrate);
    int bytes =
        (Json.object(new TreeMap<>(statements)) + Json.array(prime) + String.join(",", hydrate))
            .getBytes(StandardCharsets.UTF_8)
            .length;
    if (bytes > MOST_SETTING_BYTES) {
      throw new IllegalArgumentException(
          "statements, prime and hydrate of a replica take "
              + bytes
              + " bytes, and Lambda has room for "
              + MOST_SETTING_BYTES
              + ": put them into files beside the handler, and name these by GRAFT_STATEMENTS and"
              + " GRAFT_PRIME (docs/replica.md, Set)");
    }
  }

  private static void requireVolume(String volume) {
    if (!volume.matches("vol-[0-7][0-9a-z]{25}")) {
      throw new IllegalArgumentException("'" + volume + "' is no volume: write vol-...");
    }
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

  /** The same of a fork, whose pages lie with its ancestors, too: its parent, its parent's ... */
  public ReadReplica withAncestors(List<String> volumes) {
    return new ReadReplica(
        volume,
        volumes,
        pages,
        log,
        artifact,
        memoryMb,
        freshness,
        statements,
        prime,
        hydrate,
        republishEvery);
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
