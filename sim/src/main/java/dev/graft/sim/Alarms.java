package dev.graft.sim;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** The times at which waiting tasks can run again, unless their waits have ended before. */
final class Alarms {
  private record Alarm(Instant time, long number, SimTask<?> task, long waitNumber)
      implements Comparable<Alarm> {
    boolean isLive() {
      return task.parked && task.waits == waitNumber;
    }

    @Override
    public int compareTo(Alarm other) {
      int byTime = time.compareTo(other.time);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  /** Tasks whose time comes at once, in the order in which they began to wait. */
  record Due(Instant time, List<SimTask<?>> tasks) {}

  private final PriorityQueue<Alarm> queue = new PriorityQueue<>();
  private long numbers;

  /** Wakes the task from the wait that it is in. */
  void set(SimTask<?> task, Instant time) {
    queue.add(new Alarm(time, numbers++, task, task.waits));
  }

  /** Takes out who is to be woken next; empty when nobody waits for time. */
  Optional<Due> removeNext() {
    List<SimTask<?>> tasks = new ArrayList<>();
    Instant time = Instant.MAX;
    while (!queue.isEmpty() && (tasks.isEmpty() || queue.peek().time.equals(time))) {
      Alarm alarm = queue.remove();
      if (alarm.isLive()) {
        time = alarm.time;
        tasks.add(alarm.task);
      }
    }
    return tasks.isEmpty() ? Optional.empty() : Optional.of(new Due(time, tasks));
  }
}
