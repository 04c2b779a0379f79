package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Policy;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.http.HttpRemote;
import dev.graft.localstack.edge.EdgeCounts;
import dev.graft.localstack.edge.EdgeOptions;
import dev.graft.protocol.id.VolumeId;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers and writers of one volume at once, over HTTP through edge, functions and a store in a
 * folder: nothing fails but by conflicts, and memory stays flat. {@code -Dgraft.load.seconds=120}
 * makes it longer.
 */
@Timeout(600)
class LoadTest {
  private static final int WRITERS = 4;
  private static final int READERS = 4;
  private static final int PAGES = 2_000;

  /** Pages of one writer lie together, so that writers never meet on one. */
  private static final int PAGES_OF_WRITER = PAGES / WRITERS;

  /** What may come and go; a leak of one page a commit would be more in two minutes. */
  private static final long HEAP_SLACK_BYTES = 48L << 20;

  private static final int SAMPLES = 8;

  @TempDir java.nio.file.Path folder;

  private final Duration length = Duration.ofSeconds(Long.getLong("graft.load.seconds", 8));
  private final AtomicLong commits = new AtomicLong();
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder pages = new LongAdder();
  private final LongAdder pulls = new LongAdder();
  private final ConcurrentLinkedQueue<Long> commitMicros = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Long> pullMicros = new ConcurrentLinkedQueue<>();
  private final List<HttpRemote> remotes = new ArrayList<>();
  private volatile boolean running = true;

  @Test
  void readersAndWriters_nothingFails_andMemoryStaysFlat() throws Exception {
    EdgeOptions edge = new EdgeOptions(256 << 10, 4, 16L << 20, Duration.ofSeconds(30));
    try (HttpStage stage =
            new HttpStage(
                memory ->
                    dev.graft.engine.store.FileObjectStore.open(
                        folder.resolve("store"), java.time.InstantSource.system()),
                options -> options.withEdge(edge));
        ExecutorService threads = Executors.newCachedThreadPool()) {
      HttpRemote first = stage.remote();
      VolumeId volume = stage.create(first);
      long[] seeds = new long[PAGES];
      Arrays.setAll(seeds, i -> i);
      try (Replica filler = stage.open(first, volume)) {
        HttpStage.commit(filler, CommitOptions.NONE, 1, seeds);
      }
      long start = System.nanoTime();
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int number = i;
        Replica replica = stage.open(remote(stage), volume);
        all.add(threads.submit(() -> write(replica, number)));
      }
      for (int i = 0; i < READERS; i++) {
        int number = i;
        Replica replica = stage.open(remote(stage), volume);
        all.add(threads.submit(() -> read(replica, number)));
      }
      List<Long> heap = sampleHeap(stage, start);
      running = false;
      for (Future<?> one : all) {
        one.get();
      }
      report(stage, start, heap);
      assertThat(commits.get()).isGreaterThan(WRITERS);
      assertThat(pages.sum()).isGreaterThan(READERS);
      assertThat(first.log(volume, null, 1).head().lsn().value()).isEqualTo(commits.get() + 1);
      // The first samples still see caches fill up.
      long early = heap.subList(SAMPLES / 4, SAMPLES / 2).stream().min(Long::compare).orElseThrow();
      long late = heap.subList(SAMPLES * 3 / 4, SAMPLES).stream().min(Long::compare).orElseThrow();
      assertThat(late - early).as("growth of the heap, of %s", heap).isLessThan(HEAP_SLACK_BYTES);
    }
  }

  private HttpRemote remote(HttpStage stage) {
    HttpRemote remote = stage.remote();
    remotes.add(remote);
    return remote;
  }

  private void write(Replica replica, int number) {
    SplittableRandom random = new SplittableRandom(number);
    CommitOptions merging = CommitOptions.NONE.onConflict(new Policy.Merge());
    long seed = number * 1_000_000_007L;
    while (running) {
      long page = 1 + (long) number * PAGES_OF_WRITER + random.nextInt(PAGES_OF_WRITER);
      long start = System.nanoTime();
      switch (HttpStage.commit(replica, merging, page, seed++)) {
        case CommitResult.Committed _ -> {
          commits.incrementAndGet();
          commitMicros.add((System.nanoTime() - start) / 1_000);
        }
        case CommitResult.Conflict _ -> {
          conflicts.increment();
          replica.pull();
        }
        case CommitResult.Local _, CommitResult.Nothing _ ->
            throw new AssertionError("a commit that was neither made nor refused");
      }
    }
  }

  private void read(Replica replica, int number) {
    SplittableRandom random = new SplittableRandom(100 + number);
    while (running) {
      long start = System.nanoTime();
      replica.pull();
      pullMicros.add((System.nanoTime() - start) / 1_000);
      pulls.increment();
      try (Snapshot snapshot = replica.snapshot()) {
        for (int i = 0; i < 50; i++) {
          HttpStage.read(snapshot, 1 + random.nextInt(PAGES));
          pages.increment();
        }
      }
    }
  }

  /** Bytes in use after a collection, at even intervals until the end. */
  private List<Long> sampleHeap(HttpStage stage, long startNanos) throws InterruptedException {
    List<Long> heap = new ArrayList<>();
    for (int i = 1; i <= SAMPLES; i++) {
      long at = startNanos + length.toNanos() / SAMPLES * i;
      stage.concurrency.sleepUntil(
          stage.concurrency.instant().plusNanos(Math.max(0, at - System.nanoTime())));
      System.gc();
      heap.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return heap;
  }

  private static long percentile(ConcurrentLinkedQueue<Long> micros, int percent) {
    long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted.length == 0
        ? 0
        : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  private void report(HttpStage stage, long start, List<Long> heap)
      throws ExecutionException, InterruptedException {
    double seconds = (System.nanoTime() - start) / 1e9;
    EdgeCounts edge = stage.stack.edge();
    System.out.printf(
        "load, %.0f s, %d writers that merge, %d readers: %.1f commits/s (p50 %.1f ms, p99 %.1f ms),"
            + " %d conflicts; %.1f pulls/s (p50 %.1f ms, p99 %.1f ms), %.0f pages read/s;"
            + " %d requests were repeated; edge %d hits, %d misses, %d to the store; heap after"
            + " collections %s MiB%n",
        seconds,
        WRITERS,
        READERS,
        commits.get() / seconds,
        percentile(commitMicros, 50) / 1e3,
        percentile(commitMicros, 99) / 1e3,
        conflicts.sum(),
        pulls.sum() / seconds,
        percentile(pullMicros, 50) / 1e3,
        percentile(pullMicros, 99) / 1e3,
        pages.sum() / seconds,
        remotes.stream().mapToLong(remote -> remote.counts().repeats()).sum(),
        edge.hits(),
        edge.misses(),
        edge.originRequests(),
        heap.stream().map(bytes -> bytes >> 20).toList());
  }
}
