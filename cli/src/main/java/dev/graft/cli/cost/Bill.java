package dev.graft.cli.cost;

import java.util.ArrayList;
import java.util.List;

/**
 * A month's bill, item by item. What a request takes of the store is what the tests count
 * (docs/benchmarks.md); what it takes of a function is assumed, see the constants.
 *
 * @param items those that are not zero, in the order of the way of a request
 */
public record Bill(List<Item> items) {
  /**
   * One line.
   *
   * @param name what is paid for
   * @param quantity how many of the unit in a month
   * @param unit what is counted
   * @param dollars for all of them
   */
  public record Item(String name, double quantity, String unit, double dollars) {}

  private static final double DAYS = 30.4;
  private static final double MILLION = 1_000_000;
  private static final double GB = 1_000_000_000;

  /** Object writes of a commit in the mean, rollups and checkpoints included (measured). */
  static final double WRITES_PER_COMMIT = 1.066;

  /**
   * Object reads of a commit in the mean, those of its rollups included (measured: 0.02 to 1.13).
   */
  static final double READS_PER_COMMIT = 1.13;

  /** Object reads of an open at 1,000 commits behind the last checkpoint (measured). */
  static final double READS_PER_OPEN = 74;

  /**
   * Object writes of a fork by a token of one volume, and its listings, which cost as much: pin,
   * checkpoint, first commit, volume, state, and who made it (measured).
   */
  static final double WRITES_PER_FORK = 6 + 4;

  /** Object reads of such a fork (measured). */
  static final double READS_PER_FORK = 10;

  /** Memory of the functions, GiB. */
  static final double MEMORY_GIB = 1769.0 / 1024;

  /** Assumed, not measured on AWS: a commit or an upload. */
  static final double COMMIT_SECONDS = 0.060;

  /** Assumed: a question for changes, mostly one GET. */
  static final double POLL_SECONDS = 0.035;

  /** Assumed: an open, three rounds of reads. */
  static final double OPEN_SECONDS = 0.150;

  /** Assumed: a fork, twenty requests one after the other. */
  static final double FORK_SECONDS = 0.500;

  /** Assumed: one rollup, made once in 32 commits. */
  static final double ROLLUP_SECONDS = 0.400;

  /** Assumed: a query of a read replica that is warm. */
  static final double QUERY_SECONDS = 0.050;

  /** Assumed: reads of a query, to see what is new and for pages that are not there yet. */
  static final double READS_PER_QUERY = 2;

  /** Assumed: what a commit sends, its small pages compressed within it. */
  static final double COMMIT_BYTES = 16_000;

  /** Assumed: what any other question sends. */
  static final double QUESTION_BYTES = 1_000;

  /**
   * Reads of the key value store by the viewer function for a request that it admits: is the key
   * there, the key, is the token revoked, is the volume deleted. One more for each token that this
   * one was made by way of: is it revoked.
   */
  static final double KEY_READS = 4;

  /** Assumed: the log line of a request with its metrics, which each one leaves. */
  static final double LINE_BYTES = 1_000;

  /** Assumed: what a line has more that says all. */
  static final double DETAIL_BYTES = 350;

  /** Assumed: START, END and REPORT, which Lambda logs for each run. */
  static final double RUN_BYTES = 400;

  /** Assumed: what maintenance says of a rollup. */
  static final double MAINTENANCE_BYTES = 200;

  /** Names of metrics in the line of a request. */
  static final int METRIC_NAMES = 12;

  /** Alarms of a stack in us-east-1, where {@link Prices} are of: one more than elsewhere. */
  static final int ALARMS = 14;

  /** Those of a read replica, and the further ones of its schedule for new snapshots. */
  static final int REPLICA_ALARMS = 3;

  static final int REPUBLISH_ALARMS = 3;

  /** Assumed: of the requests to S3, how many go on to KMS though the bucket has a key. */
  static final double KMS_SHARE = 0.01;

  /** Assumed: bytes of an access log for each request to the edge and to S3. */
  static final double ACCESS_BYTES = 500;

  /** Assumed: transitions until a snapshot is taken and the alias moved. */
  static final double TRANSITIONS_PER_REPUBLISH = 20;

  /** What a month of this use costs. */
  public static Bill of(Usage use, Prices prices) {
    double commits = use.commitsPerDay() * DAYS;
    double conflicts = use.conflictsPerDay() * DAYS;
    double polls = use.pollsPerDay() * DAYS;
    double opens = use.opensPerDay() * DAYS;
    double reads = use.readsPerDay() * DAYS;
    double misses = reads * (1 - use.edgeHitShare());
    double uploads = use.uploadsPerDay() * DAYS;
    double queries = use.replicaQueriesPerDay() * DAYS;
    double forks = use.forksPerDay() * DAYS;
    double rollups = commits / 32;
    double asked = commits + conflicts + polls + opens + uploads + forks;
    double store =
        commits * (WRITES_PER_COMMIT + READS_PER_COMMIT)
            + conflicts * (1 + READS_PER_COMMIT)
            + uploads
            + polls
            + opens * READS_PER_OPEN
            + forks * (WRITES_PER_FORK + READS_PER_FORK)
            + misses
            + queries * READS_PER_QUERY;
    List<Item> items = new ArrayList<>();
    requests(
        items, "S3 writes: commits, rollups", commits * WRITES_PER_COMMIT, prices.putsPerMillion());
    requests(items, "S3 writes: refused commits (412)", conflicts, prices.putsPerMillion());
    requests(items, "S3 writes: uploads", uploads, prices.putsPerMillion());
    requests(items, "S3 writes, lists: forks", forks * WRITES_PER_FORK, prices.putsPerMillion());
    requests(
        items, "S3 reads: commits, rollups", commits * READS_PER_COMMIT, prices.getsPerMillion());
    requests(
        items, "S3 reads: refused commits", conflicts * READS_PER_COMMIT, prices.getsPerMillion());
    requests(items, "S3 reads: polls", polls, prices.getsPerMillion());
    requests(items, "S3 reads: opens", opens * READS_PER_OPEN, prices.getsPerMillion());
    requests(items, "S3 reads: forks", forks * READS_PER_FORK, prices.getsPerMillion());
    requests(items, "S3 reads: edge misses", misses, prices.getsPerMillion());
    requests(
        items,
        "S3 reads: replicas (2 a query)",
        queries * READS_PER_QUERY,
        prices.getsPerMillion());
    add(items, "S3 storage", use.storedBytes() / GB, "GB", prices.storedGbMonth());
    requests(items, "Lambda requests", asked + rollups + queries, prices.invocationsPerMillion());
    double seconds =
        (commits + conflicts + uploads) * COMMIT_SECONDS
            + polls * POLL_SECONDS
            + opens * OPEN_SECONDS
            + forks * FORK_SECONDS
            + rollups * ROLLUP_SECONDS
            + queries * QUERY_SECONDS;
    add(items, "Lambda time", seconds * MEMORY_GIB, "GiB-seconds", prices.gbSecond());
    requests(items, "edge requests", asked + reads, prices.edgeRequestsPerMillion());
    requests(items, "viewer function", asked + reads, prices.viewerRunsPerMillion());
    requests(
        items,
        use.viaPerToken() > 0
            ? "key value store (4 + via a request)"
            : "key value store (4 reads a request)",
        (asked + reads) * (KEY_READS + use.viaPerToken()),
        prices.keyReadsPerMillion());
    add(items, "edge to readers", use.bytesReadPerDay() * DAYS / GB, "GB", prices.edgeGb());
    double sent =
        (commits + conflicts) * COMMIT_BYTES + (polls + opens + uploads + forks) * QUESTION_BYTES;
    add(items, "edge to functions (16 KB a commit)", sent / GB, "GB", prices.originGb());
    double lines = asked * (LINE_BYTES + use.detailedShare() * DETAIL_BYTES);
    add(items, "logs: a line a request (1 KB)", lines / GB, "GB", prices.logGb());
    double runs = (asked + rollups + queries) * RUN_BYTES + rollups * MAINTENANCE_BYTES;
    add(items, "logs: of Lambda, maintenance (0.4 KB)", runs / GB, "GB", prices.logGb());
    add(items, "metrics: 12, and 12 a route", metrics(use), "metrics", prices.metricMonth());
    add(items, "alarms", alarms(use), "alarms", prices.alarmMonth());
    add(items, "KMS key", use.kms() ? 1 : 0, "keys", prices.kmsKeyMonth());
    if (use.kms()) {
      requests(items, "KMS requests (1 % of S3's)", store * KMS_SHARE, prices.kmsPerMillion());
    }
    if (use.accessLogs()) {
      double kept = (asked + reads + store) * ACCESS_BYTES / GB;
      add(items, "access logs (0.5 KB, a month's kept)", kept, "GB", prices.storedGbMonth());
    }
    add(
        items,
        "republishing replicas (20 steps)",
        use.republishesPerDay() * DAYS * TRANSITIONS_PER_REPUBLISH,
        "transitions",
        prices.transitionsPerMillion() / MILLION);
    return new Bill(List.copyOf(items));
  }

  /** Each name once without dimension, and once for each route that is in use all month. */
  private static double metrics(Usage use) {
    int routes = 0;
    routes += use.commitsPerDay() + use.conflictsPerDay() > 0 ? 1 : 0;
    routes += use.pollsPerDay() + use.opensPerDay() > 0 ? 1 : 0;
    routes += use.uploadsPerDay() > 0 ? 1 : 0;
    routes += use.forksPerDay() > 0 ? 1 : 0;
    return routes == 0 ? 0 : METRIC_NAMES * (1.0 + routes);
  }

  /** Those of the stack, and of one replica when there are queries or new snapshots of any. */
  private static int alarms(Usage use) {
    boolean anew = use.republishesPerDay() > 0;
    boolean replica = anew || use.replicaQueriesPerDay() > 0;
    return ALARMS + (replica ? REPLICA_ALARMS : 0) + (anew ? REPUBLISH_ALARMS : 0);
  }

  private static void requests(List<Item> items, String name, double count, double perMillion) {
    add(items, name, count, "requests", perMillion / MILLION);
  }

  private static void add(
      List<Item> items, String name, double quantity, String unit, double price) {
    if (quantity > 0) {
      items.add(new Item(name, quantity, unit, quantity * price));
    }
  }

  /** All items together. */
  public double dollars() {
    return items.stream().mapToDouble(Item::dollars).sum();
  }
}
