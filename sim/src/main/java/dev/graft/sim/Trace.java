package dev.graft.sim;

import dev.graft.protocol.id.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What happened in a simulation, as a rolling SHA-256 over (virtual time, task, event) and the last
 * events in words. Written by the task that holds the baton only.
 */
final class Trace {
  private static final int KEPT_EVENTS = 40;

  private final MessageDigest digest = Hash.newDigest();
  private final Deque<String> last = new ArrayDeque<>();
  private long events;

  void add(Duration time, String task, String event) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(time.toNanos()).flip());
    digest.update(task.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    digest.update(event.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    events++;
    if (last.size() == KEPT_EVENTS) {
      last.removeFirst();
    }
    last.addLast("+" + time + " " + task + ": " + event);
  }

  long events() {
    return events;
  }

  /** The last events, one a line, the newest last. */
  String tail() {
    return String.join("\n", last);
  }

  Hash hash() {
    try {
      return Hash.of(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the JDK's SHA-256 can be cloned", e);
    }
  }
}
