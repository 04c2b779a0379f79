package dev.graft.localstack.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.concurrency.ThreadConcurrency;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events are done beside their sender, as under Lambda. */
@Timeout(30)
class EventQueueTest {
  private final ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());

  private static byte[] event(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void send_whileTheFunctionWorks_returnsAndTakesTheSameEventOnce() throws InterruptedException {
    CountDownLatch may = new CountDownLatch(1);
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    EventQueue queue =
        new EventQueue(
            event -> {
              try {
                may.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              seen.add(new String(event, StandardCharsets.UTF_8));
              return event;
            },
            concurrency);
    queue.send(event("a"));
    queue.send(event("a"));
    queue.send(event("b"));
    assertThat(seen).isEmpty();
    may.countDown();
    queue.quiesce();
    assertThat(seen).containsExactlyInAnyOrder("a", "b");
    queue.send(event("a"));
    queue.quiesce();
    assertThat(seen).hasSize(3);
    assertThat(queue.invocations()).isEqualTo(3);
    assertThat(queue.failures()).isZero();
  }

  @Test
  void send_functionThatFails_isTriedTwiceMoreAndGivenUp() throws InterruptedException {
    AtomicInteger left = new AtomicInteger(2);
    EventQueue twice =
        new EventQueue(
            event -> {
              if (left.getAndDecrement() > 0) {
                throw new IOException("planned");
              }
              return event;
            },
            concurrency);
    twice.send(event("a"));
    twice.quiesce();
    assertThat(twice.invocations()).isEqualTo(3);
    assertThat(twice.failures()).isEqualTo(2);
    EventQueue never =
        new EventQueue(
            event -> {
              throw new IOException("planned");
            },
            concurrency);
    never.send(event("a"));
    never.quiesce();
    assertThat(never.invocations()).isEqualTo(3);
    assertThat(never.failures()).isEqualTo(3);
  }

  @Test
  void send_moreThanMayWait_leavesTheRest() throws InterruptedException {
    CountDownLatch may = new CountDownLatch(1);
    EventQueue queue =
        new EventQueue(
            event -> {
              try {
                may.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              return event;
            },
            concurrency);
    for (int i = 0; i < 3 * EventQueue.MAX_WAITING; i++) {
      queue.send(event("event " + i));
    }
    may.countDown();
    queue.quiesce();
    assertThat(queue.invocations()).isEqualTo(EventQueue.MAX_WAITING);
  }
}
