package dev.graft.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ThreadConcurrencyTest extends ConcurrencyContract {
  private final ThreadConcurrency threads = new ThreadConcurrency(InstantSource.system());

  @Override
  protected void run(Scenario scenario) throws Exception {
    scenario.play(threads);
  }

  private record Seen(Thread thread, String name) {}

  @Test
  void fork_runsOnANamedPlatformDaemon() throws Exception {
    Task<Seen> task =
        threads.fork(
            "pull", () -> new Seen(Thread.currentThread(), Thread.currentThread().getName()));
    threads.awaitAll(List.of(task));
    Seen seen = task.result();
    assertThat(seen.thread().isVirtual()).isFalse();
    assertThat(seen.thread().isDaemon()).isTrue();
    assertThat(seen.name()).isEqualTo("graft-pull");
  }

  @Test
  void fork_oneAfterTheOther_usesThreadsAgain() throws Exception {
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      Task<Long> task = threads.fork("short", () -> Thread.currentThread().threadId());
      threads.awaitAll(List.of(task));
      ids.add(task.result());
    }
    assertThat(ids).hasSizeLessThan(100);
  }

  @Test
  void await_interrupted_endsTheWaitAndNotTheTask() throws Exception {
    var go = new CountDownLatch(1);
    Task<String> task =
        threads.fork(
            "stays",
            () -> {
              go.await();
              return "done";
            });
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> threads.awaitAll(List.of(task)));
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> threads.awaitFirst(List.of(task)));
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> threads.awaitUntil(task, Instant.MAX));
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> threads.sleepUntil(Instant.MAX));
    go.countDown();
    threads.awaitAll(List.of(task));
    assertThat(task.result()).isEqualTo("done");
  }

  @Test
  void sleepUntil_clockRunsAhead_endsWhenTheClockShowsIt() throws Exception {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    var asked = new AtomicInteger();
    var fast = new ThreadConcurrency(() -> start.plusMillis(5L * asked.getAndIncrement()));
    fast.sleepUntil(start.plusMillis(12));
    assertThat(asked).hasValue(4);
    assertThat(fast.instant()).isEqualTo(start.plus(Duration.ofMillis(20)));
  }
}
