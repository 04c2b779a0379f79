package dev.graft.localstack.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.Counts;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.Remote;
import java.util.ArrayList;
import java.util.Collections;
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
import java.util.function.Supplier;
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
   * @param whileAllRaced how many of them were acknowledged before the last one of all was begun:
   *     what comes then each writer still gets, however slow it is
   * @param inFlight how many commits were under way, on average over the time
   * @param asked of the store, by rollups as well
   */
  record Result(
      List<List<String>> acknowledged,
      List<Integer> whileAllRaced,
      double inFlight,
      Counts asked,
      double seconds) {
    /** The slowest writer's part of the mean, while all raced. */
    double leastShare() {
      int all = whileAllRaced.stream().mapToInt(Integer::intValue).sum();
      return Collections.min(whileAllRaced) * whileAllRaced.size() / (double) all;
    }

    int total() {
      return acknowledged.stream().mapToInt(List::size).sum();
    }

    double putsPerCommit() {
      return asked.puts() / (double) total();
    }

    /** In one line. */
    String told(String name) {
      return String.format(
          Locale.ROOT,
          "%s: %d writers, %d commits in %.1f s (%.1f/s), %.1f in flight, %.2f PUTs, %.1f GETs and"
              + " %.1f LISTs a commit, commits of a writer %d to %d, while all raced %d to %d, the"
              + " least share %.2f of the mean",
          name,
          acknowledged.size(),
          total(),
          seconds,
          total() / seconds,
          inFlight,
          putsPerCommit(),
          asked.gets() / (double) total(),
          asked.lists() / (double) total(),
          acknowledged.stream().mapToInt(List::size).min().orElseThrow(),
          acknowledged.stream().mapToInt(List::size).max().orElseThrow(),
          Collections.min(whileAllRaced),
          Collections.max(whileAllRaced),
          leastShare());
    }
  }

  /** A commit that was acknowledged, and when, by {@link System#nanoTime}. */
  private record Acknowledged(String message, long atNanos) {}

  /** One race that goes on. */
  private final class Course {
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicLong busyNanos = new AtomicLong();
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile long lastBegunNanos;

    List<Acknowledged> run(int number, Writer writer) throws Exception {
      gate.await();
      List<Acknowledged> done = new ArrayList<>();
      for (int place = begun.getAndIncrement(); place < commits; place = begun.getAndIncrement()) {
        String message = "writer " + number + " commit " + done.size();
        long before = System.nanoTime();
        if (place == commits - 1) {
          lastBegunNanos = before;
        }
        writer.commit(message);
        long after = System.nanoTime();
        busyNanos.addAndGet(after - before);
        done.add(new Acknowledged(message, after));
      }
      return done;
    }
  }

  /**
   * Runs it, and says in one line what was seen.
   *
   * @param each the writers
   * @param asked counts requests to the store
   */
  Result run(String name, List<? extends Writer> each, Supplier<Counts> asked) throws Exception {
    Course course = new Course();
    Counts before = asked.get();
    List<Future<List<Acknowledged>>> runs = new ArrayList<>();
    long start;
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      for (int i = 0; i < writers; i++) {
        int number = i;
        runs.add(threads.submit(() -> course.run(number, each.get(number))));
      }
      start = System.nanoTime();
      course.gate.countDown();
    }
    double nanos = System.nanoTime() - start;
    List<List<String>> acknowledged = new ArrayList<>();
    List<Integer> whileAllRaced = new ArrayList<>();
    for (Future<List<Acknowledged>> run : runs) {
      List<Acknowledged> own = run.get();
      acknowledged.add(own.stream().map(Acknowledged::message).toList());
      whileAllRaced.add(
          (int) own.stream().filter(one -> one.atNanos - course.lastBegunNanos < 0).count());
    }
    Result result =
        new Result(
            acknowledged,
            whileAllRaced,
            course.busyNanos.get() / nanos,
            asked.get().minus(before),
            nanos / 1e9);
    System.out.println(result.told(name));
    return result;
  }

  /** What every race has to show. */
  void check(Result result) {
    assertThat(result.total()).isEqualTo(commits);
    assertThat(result.putsPerCommit()).as("PUTs a commit").isLessThanOrEqualTo(4);
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
