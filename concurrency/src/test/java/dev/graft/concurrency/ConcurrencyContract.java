package dev.graft.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link Concurrency} does. A subclass for each implementation runs it. */
@Timeout(30)
public abstract class ConcurrencyContract {
  /** A piece of a program that uses a concurrency. */
  public interface Scenario {
    void play(Concurrency concurrency) throws Exception;
  }

  /** Plays a scenario on a fresh concurrency of the implementation. */
  protected abstract void run(Scenario scenario) throws Exception;

  /** A door that tasks wait at; waiting for it is a loop of short sleeps, as in a poll. */
  private static final class Door {
    private final AtomicBoolean open = new AtomicBoolean();

    void open() {
      open.set(true);
    }

    String pass(Concurrency concurrency) throws InterruptedException {
      while (!open.get()) {
        concurrency.sleepUntil(concurrency.instant().plusMillis(1));
      }
      return "passed";
    }
  }

  @Test
  void fork_bodyReturns_givesItsValue() throws Exception {
    run(c -> {
      Task<String> task = c.fork("value", () -> "done");
      c.awaitAll(List.of(task));
      assertThat(task.isDone()).isTrue();
      assertThat(task.result()).isEqualTo("done");
    });
  }

  @Test
  void promise_completed_wakesThoseWhoWait() throws Exception {
    run(c -> {
      Promise<String> promise = c.promise("value");
      Task<String> reader =
          c.fork(
              "reader",
              () -> {
                c.awaitAll(List.of(promise.task()));
                return promise.task().result();
              });
      assertThat(promise.task().isDone()).isFalse();
      promise.complete("done");
      promise.fail(new IOException("too late"));
      c.awaitAll(List.of(reader));
      assertThat(reader.result()).isEqualTo("done");
    });
  }

  @Test
  void promise_failed_resultCarriesTheCause() throws Exception {
    run(c -> {
      var cause = new IOException("planned");
      Promise<String> promise = c.promise("value");
      promise.fail(cause);
      c.awaitAll(List.of(promise.task()));
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(promise.task()::result)
          .withCause(cause);
    });
  }

  @Test
  void fork_bodyThrows_resultCarriesTheCause() throws Exception {
    run(c -> {
      var checked = new IOException("planned");
      var error = new AssertionError("planned");
      Task<String> first =
          c.fork(
              "checked",
              () -> {
                throw checked;
              });
      Task<String> second =
          c.fork(
              "error",
              () -> {
                throw error;
              });
      c.awaitAll(List.of(first, second));
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(first::result)
          .withCause(checked);
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(second::result)
          .withCause(error);
    });
  }

  @Test
  void result_taskNotEnded_refusesAtOnce() throws Exception {
    run(c -> {
      var door = new Door();
      Task<String> task = c.fork("waiter", () -> door.pass(c));
      assertThat(task.isDone()).isFalse();
      assertThatIllegalStateException().isThrownBy(task::result).withMessageContaining("waiter");
      door.open();
      c.awaitAll(List.of(task));
      assertThat(task.result()).isEqualTo("passed");
    });
  }

  @Test
  void awaitAll_someFail_waitsForTheRest() throws Exception {
    run(c -> {
      var ended = new AtomicInteger();
      List<Task<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int number = i;
        tasks.add(
            c.fork(
                "worker",
                () -> {
                  c.sleepUntil(c.instant().plusMillis(number % 5));
                  ended.incrementAndGet();
                  if (number % 3 == 0) {
                    throw new IOException("planned");
                  }
                  return number;
                }));
      }
      c.awaitAll(tasks);
      assertThat(ended).hasValue(20);
      assertThat(tasks).allMatch(Task::isDone);
      for (Task<Integer> task : tasks) {
        try {
          task.result();
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(IOException.class);
        }
      }
    });
  }

  @Test
  void awaitAll_noTasks_returns() throws Exception {
    run(c -> c.awaitAll(List.of()));
  }

  @Test
  void awaitFirst_othersStillRun_givesTheOneThatEnded() throws Exception {
    run(c -> {
      var door = new Door();
      var otherDoor = new Door();
      Task<String> slow = c.fork("slow", () -> door.pass(c));
      Task<String> fast = c.fork("fast", () -> otherDoor.pass(c));
      otherDoor.open();
      assertThat(c.awaitFirst(List.of(slow, fast))).isSameAs(fast);
      assertThat(slow.isDone()).isFalse();
      door.open();
      c.awaitAll(List.of(slow, fast));
      assertThat(c.awaitFirst(List.of(slow))).isSameAs(slow);
    });
  }

  @Test
  void awaitFirst_firstOneFails_givesIt() throws Exception {
    run(c -> {
      var door = new Door();
      Task<String> slow = c.fork("slow", () -> door.pass(c));
      Task<String> failing =
          c.fork(
              "failing",
              () -> {
                throw new IOException("planned");
              });
      Task<String> first = c.awaitFirst(List.of(slow, failing));
      assertThat(first).isSameAs(failing);
      assertThatExceptionOfType(ExecutionException.class).isThrownBy(first::result);
      door.open();
    });
  }

  @Test
  void awaitFirst_noTasks_isRefused() throws Exception {
    run(c ->
        assertThatIllegalArgumentException()
            .isThrownBy(() -> c.awaitFirst(List.<Task<String>>of())));
  }

  @Test
  void await_taskOfSomebodyElse_isRefused() throws Exception {
    Task<String> foreign =
        new Task<>() {
          @Override
          public boolean isDone() {
            return true;
          }

          @Override
          public String result() {
            return "foreign";
          }
        };
    run(c -> {
      assertThatIllegalArgumentException().isThrownBy(() -> c.awaitAll(List.of(foreign)));
      assertThatIllegalArgumentException().isThrownBy(() -> c.awaitFirst(List.of(foreign)));
      assertThatIllegalArgumentException().isThrownBy(() -> c.awaitUntil(foreign, Instant.MAX));
    });
  }

  @Test
  void sleepUntil_future_clockHasReachedIt() throws Exception {
    run(c -> {
      Instant target = c.instant().plusMillis(20);
      c.sleepUntil(target);
      assertThat(c.instant()).isAfterOrEqualTo(target);
    });
  }

  @Test
  void sleepUntil_past_returns() throws Exception {
    run(c -> {
      c.sleepUntil(c.instant().minusSeconds(1));
      c.sleepUntil(Instant.MIN);
    });
  }

  @Test
  void awaitUntil_taskEndsBefore_saysSoWithoutWaitingForTheDeadline() throws Exception {
    run(c -> {
      Task<String> task = c.fork("quick", () -> "done");
      assertThat(c.awaitUntil(task, Instant.MAX)).isTrue();
      assertThat(task.result()).isEqualTo("done");
      assertThat(c.awaitUntil(task, Instant.MIN)).isTrue();
    });
  }

  @Test
  void awaitUntil_deadlineComesBefore_saysSo() throws Exception {
    run(c -> {
      var door = new Door();
      Task<String> task = c.fork("slow", () -> door.pass(c));
      Instant deadline = c.instant().plus(Duration.ofMillis(20));
      assertThat(c.awaitUntil(task, deadline)).isFalse();
      assertThat(c.instant()).isAfterOrEqualTo(deadline);
      assertThat(c.awaitUntil(task, Instant.MIN)).isFalse();
      door.open();
      assertThat(c.awaitUntil(task, Instant.MAX)).isTrue();
    });
  }

  @Test
  void fork_insideWaitingTasks_neverWaitsForAThread() throws Exception {
    run(c -> assertThat(nest(c, 200)).isEqualTo(200));
  }

  private static int nest(Concurrency c, int depth) throws Exception {
    if (depth == 0) {
      return 0;
    }
    Task<Integer> inner = c.fork("depth-" + depth, () -> nest(c, depth - 1));
    c.awaitAll(List.of(inner));
    return inner.result() + 1;
  }

  @Test
  void await_oneTaskByMany_wakesThemAll() throws Exception {
    run(c -> {
      var door = new Door();
      Task<String> awaited = c.fork("awaited", () -> door.pass(c));
      List<Task<String>> waiters = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int kind = i % 3;
        waiters.add(
            c.fork(
                "waiter",
                () -> {
                  switch (kind) {
                    case 0 -> c.awaitAll(List.of(awaited));
                    case 1 -> c.awaitFirst(List.of(awaited));
                    default -> c.awaitUntil(awaited, Instant.MAX);
                  }
                  return awaited.result();
                }));
      }
      door.open();
      c.awaitAll(waiters);
      for (Task<String> waiter : waiters) {
        assertThat(waiter.result()).isEqualTo("passed");
      }
    });
  }
}
