package dev.graft.replica;

import dev.graft.client.Progress;
import dev.graft.client.Snapshot;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.sqlite.SqliteTrees;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a replica warm before a memory image is taken of it: hot pages, SQLite's picture of the
 * schema, the pages of some statements, and the classes that all of it needs. Harmless reads alone.
 */
final class Priming {
  /** What every SQL over any schema begins with. */
  private static final String SCHEMA = "SELECT count(*), max(length(sql)) FROM sqlite_schema";

  /** Reads that nobody waits for come to an end within this, or are given up. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** So many commits have rollups of the first level among them, and commits beside. */
  private static final long RECENT_COMMITS = 100;

  private static final Duration STEP = Duration.ofMillis(5);

  private static final String ALL = "*";

  private final ReadReplica replica;
  private final ReplicaSettings settings;
  private final Concurrency concurrency;

  Priming(ReadReplica replica, ReplicaSettings settings, Concurrency concurrency) {
    this.replica = replica;
    this.settings = settings;
    this.concurrency = concurrency;
  }

  /**
   * Runs the statements, each with NULL for every parameter, and waits for what comes beside.
   *
   * @return what could not be run: a statement may need a table that is not there yet
   */
  List<GraftException> run() throws InterruptedException {
    List<GraftException> failures = new ArrayList<>();
    List<String> statements = new ArrayList<>(List.of(SCHEMA));
    statements.addAll(settings.statements().values());
    statements.addAll(settings.prime());
    for (String sql : statements) {
      try {
        for (Query.Format format : Query.Format.values()) {
          replica.prime(sql, format);
        }
      } catch (GraftException e) {
        failures.add(e);
      } catch (Refused e) {
        failures.add(new GraftException.Misuse("priming '" + sql + "': " + e.getMessage()));
      }
    }
    question();
    for (String name : settings.hydrate()) {
      try {
        hydrate(name);
      } catch (GraftException e) {
        failures.add(e);
      }
    }
    settle();
    return failures;
  }

  /** What changed lately: the way of the question that will come after the restore. */
  private void question() {
    Lsn head = replica.replica().status().position().lsn();
    Lsn before = new Lsn(Math.max(0, head.value() - RECENT_COMMITS));
    try {
      replica.replica().diff(before, head);
    } catch (GraftException tooFar) {
      // Below the floor, or a volume without commits: that way is met later then.
      return;
    }
  }

  private void hydrate(String name) {
    try (Snapshot snapshot = replica.replica().snapshot()) {
      if (name.equals(ALL)) {
        snapshot.hydrate(Progress.NONE);
      } else {
        snapshot.hydrate(SqliteTrees.of(snapshot).pagesOf(name), Progress.NONE);
      }
    }
  }

  /** Waits until nothing is under way: an image must not hold half a request. */
  private void settle() throws InterruptedException {
    Instant end = concurrency.instant().plus(PATIENCE);
    long requests = -1;
    while (concurrency.instant().isBefore(end)) {
      boolean quiet =
          replica.counts().requests() == requests
              && replica.isIdle()
              && replica.replica().status().prefetch().underWayBytes() == 0;
      if (quiet) {
        return;
      }
      requests = replica.counts().requests();
      concurrency.sleepUntil(concurrency.instant().plus(STEP));
    }
  }
}
