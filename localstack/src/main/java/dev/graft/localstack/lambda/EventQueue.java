package dev.graft.localstack.lambda;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The asynchronous invocations of a function, as Lambda's of the type {@code Event}: taken at once
 * and done beside whoever sent them; one that fails is tried twice more, here without the minutes
 * that Lambda waits between. An event that is on its way is not taken a second time, and above
 * {@link #MAX_WAITING} none is: who needs what was not done asks for it again. Safe for use by many
 * threads.
 */
public final class EventQueue {
  /** How many events may be on their way. */
  static final int MAX_WAITING = 64;

  private static final int TRIES = 3;

  private final Invoker function;
  private final Concurrency concurrency;
  private final LongAdder invocations = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /** Guarded by this. */
  private final Map<ByteBuffer, Task<Boolean>> waiting = new HashMap<>();

  /** Puts a queue before a function. */
  public EventQueue(Invoker function, Concurrency concurrency) {
    this.function = function;
    this.concurrency = concurrency;
  }

  /** Takes an event, and waits for nothing. */
  public synchronized void send(byte[] event) {
    ByteBuffer key = ByteBuffer.wrap(event.clone());
    waiting.values().removeIf(Task::isDone);
    if (waiting.size() < MAX_WAITING && !waiting.containsKey(key)) {
      waiting.put(key, concurrency.fork("event", () -> invoke(key.array())));
    }
  }

  private boolean invoke(byte[] event) {
    for (int tried = 0; tried < TRIES; tried++) {
      invocations.increment();
      try {
        function.invoke(event);
        return true;
      } catch (IOException | RuntimeException e) {
        failures.increment();
      }
    }
    return false;
  }

  /** Waits until all that was sent has been done or given up, and all that this sent. */
  public void quiesce() throws InterruptedException {
    while (true) {
      List<Task<Boolean>> now;
      synchronized (this) {
        waiting.values().removeIf(Task::isDone);
        now = List.copyOf(waiting.values());
      }
      if (now.isEmpty()) {
        return;
      }
      concurrency.awaitAll(now);
    }
  }

  /** How often the function was invoked. */
  public long invocations() {
    return invocations.sum();
  }

  /** How many of these failed. */
  public long failures() {
    return failures.sum();
  }
}
