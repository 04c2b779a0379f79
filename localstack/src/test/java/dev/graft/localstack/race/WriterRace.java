package dev.graft.localstack.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.Remote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A race of writers for one volume: each begins its next commit as soon as its last one is
 * acknowledged, until all together have made so many. Then the log is held against what they were
 * told.
 *
 * @param writers how many
 * @param commits of all of them together
 */
record WriterRace(int writers, int commits) {
  private static final int LOG_PAGE = 100;
  private static final double LEAST_SHARE = 0.25;

  /** What a writer does. */
  interface Writer {
    /** Makes a commit, and comes back when it is acknowledged. */
    void commit(String message) throws Exception;
  }

  /**
   * What was seen.
   *
   * @param acknowledged the messages of each writer's commits
   * @param inFlight how many commits were under way, on average over the time
   * @param putsPerCommit every write to the store, rollups included
   */
  record Result(
      List<List<String>> acknowledged, double inFlight, double putsPerCommit, double seconds) {
    int slowest() {
      return acknowledged.stream().mapToInt(List::size).min().orElseThrow();
    }

    int fastest() {
      return acknowledged.stream().mapToInt(List::size).max().orElseThrow();
    }

    /** Both races together. */
    Result and(Result other) {
      List<List<String>> both = new ArrayList<>();
      for (int i = 0; i < acknowledged.size(); i++) {
        List<String> messages = new ArrayList<>(acknowledged.get(i));
        messages.addAll(other.acknowledged.get(i));
        both.add(messages);
      }
      double share = seconds / (seconds + other.seconds);
      return new Result(
          both,
          inFlight * share + other.inFlight * (1 - share),
          (putsPerCommit + other.putsPerCommit) / 2,
          seconds + other.seconds);
    }

    /** The slowest writer's part of the mean. */
    double leastShare() {
      return slowest() * acknowledged.size() / (double) total();
    }

    int total() {
      return acknowledged.stream().mapToInt(List::size).sum();
    }
  }

  /**
   * Runs it.
   *
   * @param each the writers
   * @param puts counts writes to the store
   * @param isJudged whether the store is quick enough to hold the writers to their shares
   */
  Result run(String name, List<? extends Writer> each, LongSupplier puts, boolean isJudged)
      throws Exception {
    Result first = once(name, each, puts, 0);
    // Few commits a writer leave much to luck: who was slow is watched for as long again.
    return !isJudged || first.leastShare() >= LEAST_SHARE
        ? first
        : first.and(once(name, each, puts, 1));
  }

  private Result once(String name, List<? extends Writer> each, LongSupplier puts, int round)
      throws Exception {
    AtomicInteger begun = new AtomicInteger();
    AtomicLong busyNanos = new AtomicLong();
    CountDownLatch gate = new CountDownLatch(1);
    long putsBefore = puts.getAsLong();
    List<Future<List<String>>> runs = new ArrayList<>();
    long start;
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      for (int i = 0; i < writers; i++) {
        int number = i;
        runs.add(
            threads.submit(() -> {
              gate.await();
              return acknowledged(round, number, each.get(number), begun, busyNanos);
            }));
      }
      start = System.nanoTime();
      gate.countDown();
    }
    double nanos = System.nanoTime() - start;
    List<List<String>> acknowledged = new ArrayList<>();
    for (Future<List<String>> run : runs) {
      acknowledged.add(run.get());
    }
    Result result =
        new Result(
            acknowledged,
            busyNanos.get() / nanos,
            (puts.getAsLong() - putsBefore) / (double) commits,
            nanos / 1e9);
    System.out.printf(
        Locale.ROOT,
        "%s: %d writers, %d commits in %.1f s (%.1f/s), %.1f in flight, %.2f PUTs a commit,"
            + " commits of a writer %d to %d, mean %.1f%n",
        name,
        writers,
        result.total(),
        result.seconds,
        result.total() / result.seconds,
        result.inFlight,
        result.putsPerCommit,
        result.slowest(),
        result.fastest(),
        commits / (double) writers);
    return result;
  }

  private List<String> acknowledged(
      int round, int number, Writer writer, AtomicInteger begun, AtomicLong busyNanos)
      throws Exception {
    List<String> done = new ArrayList<>();
    while (begun.getAndIncrement() < commits) {
      String message = "writer " + number + " commit " + round + "-" + done.size();
      long before = System.nanoTime();
      writer.commit(message);
      busyNanos.addAndGet(System.nanoTime() - before);
      done.add(message);
    }
    return done;
  }

  /** What every race has to show. */
  void check(Result result, boolean isJudged) {
    assertThat(result.total()).isGreaterThanOrEqualTo(commits);
    assertThat(result.putsPerCommit).as("PUTs a commit").isLessThanOrEqualTo(4);
    if (!isJudged) {
      return;
    }
    assertThat(result.inFlight).as("commits in flight").isGreaterThanOrEqualTo(writers / 2.0);
    assertThat(result.leastShare())
        .as("commits of the slowest writer, of the mean")
        .isGreaterThanOrEqualTo(LEAST_SHARE);
  }

  /**
   * Each acknowledged commit stands in the log exactly once, nothing else does, and no LSN is
   * missing.
   *
   * @param before the newest LSN when the race began
   */
  static void checkLog(Remote remote, VolumeId volume, Lsn before, Result result) {
    Map<String, Integer> stands = new HashMap<>();
    long expected = remote.log(volume, null, 1).head().lsn().value();
    assertThat(expected).isEqualTo(before.value() + result.total());
    @Nullable Lsn newest = null;
    while (expected > before.value()) {
      LogPage page = remote.log(volume, newest, LOG_PAGE);
      for (LogPage.Entry entry : page.commits()) {
        if (entry.position().lsn().value() <= before.value()) {
          break;
        }
        assertThat(entry.position().lsn().value()).as("no gap").isEqualTo(expected--);
        for (TransactionRecord transaction : entry.transactions()) {
          stands.merge(transaction.message(), 1, Integer::sum);
        }
      }
      newest = new Lsn(expected);
    }
    result.acknowledged.forEach(messages ->
        messages.forEach(message -> assertThat(stands.remove(message)).as(message).isEqualTo(1)));
    assertThat(stands).as("commits that nobody was told of").isEmpty();
  }
}
