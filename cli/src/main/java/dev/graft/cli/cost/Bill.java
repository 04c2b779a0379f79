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

  /** Memory of the functions, GiB. */
  static final double MEMORY_GIB = 1769.0 / 1024;

  /** Assumed, not measured on AWS: a commit or an upload. */
  static final double COMMIT_SECONDS = 0.060;

  /** Assumed: a question for changes, mostly one GET. */
  static final double POLL_SECONDS = 0.035;

  /** Assumed: an open, three rounds of reads. */
  static final double OPEN_SECONDS = 0.150;

  /** Assumed: one rollup, made once in 32 commits. */
  static final double ROLLUP_SECONDS = 0.400;

  /** Reads of the key value store by the viewer function: the key, and whether it is revoked. */
  static final double KEY_READS = 2;

  /** A log line with its metrics. */
  static final double LOG_LINE_BYTES = 1_000;

  /** Custom metrics of the functions, while they are used. */
  static final int METRICS = 9;

  /** Alarms of the stack; one more in us-east-1. */
  static final int ALARMS = 13;

  /** What a month of this use costs. */
  public static Bill of(Usage use, Prices prices) {
    double commits = use.commitsPerDay() * DAYS;
    double conflicts = use.conflictsPerDay() * DAYS;
    double polls = use.pollsPerDay() * DAYS;
    double opens = use.opensPerDay() * DAYS;
    double reads = use.readsPerDay() * DAYS;
    double misses = reads * (1 - use.edgeHitShare());
    double rollups = commits / 32;
    double asked = commits + conflicts + polls + opens;
    List<Item> items = new ArrayList<>();
    requests(
        items, "S3 writes: commits, rollups", commits * WRITES_PER_COMMIT, prices.putsPerMillion());
    requests(items, "S3 writes: refused commits (412)", conflicts, prices.putsPerMillion());
    requests(
        items, "S3 reads: commits, rollups", commits * READS_PER_COMMIT, prices.getsPerMillion());
    requests(
        items, "S3 reads: refused commits", conflicts * READS_PER_COMMIT, prices.getsPerMillion());
    requests(items, "S3 reads: polls", polls, prices.getsPerMillion());
    requests(items, "S3 reads: opens", opens * READS_PER_OPEN, prices.getsPerMillion());
    requests(items, "S3 reads: edge misses", misses, prices.getsPerMillion());
    add(items, "S3 storage", use.storedBytes() / GB, "GB", prices.storedGbMonth());
    requests(items, "Lambda requests", asked + rollups, prices.invocationsPerMillion());
    double seconds =
        (commits + conflicts) * COMMIT_SECONDS
            + polls * POLL_SECONDS
            + opens * OPEN_SECONDS
            + rollups * ROLLUP_SECONDS;
    add(items, "Lambda time", seconds * MEMORY_GIB, "GiB-seconds", prices.gbSecond());
    requests(items, "edge requests", asked + reads, prices.edgeRequestsPerMillion());
    requests(items, "viewer function", asked + reads, prices.viewerRunsPerMillion());
    requests(items, "key value store", (asked + reads) * KEY_READS, prices.keyReadsPerMillion());
    add(items, "edge to readers", use.bytesReadPerDay() * DAYS / GB, "GB", prices.edgeGb());
    add(items, "logs", asked * use.loggedShare() * LOG_LINE_BYTES / GB, "GB", prices.logGb());
    add(items, "metrics", asked > 0 ? METRICS : 0, "metrics", prices.metricMonth());
    add(items, "alarms", ALARMS, "alarms", prices.alarmMonth());
    add(items, "KMS key", use.kms() ? 1 : 0, "keys", prices.kmsKeyMonth());
    return new Bill(List.copyOf(items));
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
