package dev.graft.replica;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
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

  private static final Duration STEP = Duration.ofMillis(5);

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
    settle();
    return failures;
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
