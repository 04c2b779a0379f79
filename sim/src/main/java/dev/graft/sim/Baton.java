package dev.graft.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who runs, and when it is. One task at a time holds the baton; all state here belongs to it,
 * except for what is volatile, which a watcher may read.
 */
final class Baton {
  private static final long MAX_TURNS = 20_000_000;

  private final long seed;
  private final SplittableRandom random;
  private final Trace trace = new Trace();
  private final List<SimTask<?>> runnable = new ArrayList<>();
  private final Alarms alarms = new Alarms();
  private final Set<SimTask<?>> unfinished = new LinkedHashSet<>();
  private boolean stopping;
  private @Nullable SimFailure failure;
  private volatile Instant now = SimConcurrency.START;
  private volatile long turns;
  private volatile @Nullable SimTask<?> holder;

  Baton(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  Instant now() {
    return now;
  }

  Duration age() {
    return Duration.between(SimConcurrency.START, now);
  }

  /** Time passes for who holds the baton, as little as can be. */
  void tick() {
    current();
    now = now.plusNanos(1);
  }

  Trace trace() {
    return trace;
  }

  SplittableRandom random() {
    return random;
  }

  /** Grows as long as tasks come to waits. */
  long turns() {
    return turns;
  }

  @Nullable SimFailure failure() {
    return failure;
  }

  /** The task of this thread, which holds the baton. */
  SimTask<?> current() {
    SimTask<?> task = holder;
    if (task == null || task.thread() != Thread.currentThread()) {
      throw new IllegalStateException("only tasks of a running simulation may call this");
    }
    if (stopping) {
      throw new SimStopped();
    }
    return task;
  }

  /** Lets a new task take part. */
  void enter(SimTask<?> task) {
    unfinished.add(task);
    runnable.add(task);
  }

  /** Gives the baton to the first task; from then on tasks hand it on. */
  void begin() {
    next().turn.release();
  }

  /** Waits for the first turn of this thread's task; whether it may begin. */
  boolean awaitFirstTurn(SimTask<?> me) {
    me.turn.acquireUninterruptibly();
    return !stopping;
  }

  /** Hands the baton on for the last time; whether any task is left. */
  boolean leave(SimTask<?> me, boolean endsAll) {
    Throwable cause = me.untoldFailure();
    note(me, cause == null ? "ends" : "fails: " + cause.getClass().getName());
    unfinished.remove(me);
    stopping |= endsAll;
    ended(me);
    if (unfinished.isEmpty()) {
      return false;
    }
    next().turn.release();
    return true;
  }

  void note(SimTask<?> task, String event) {
    trace.add(age(), task.name, event);
  }

  /** Hands the baton on and waits for another turn, which may be the next. */
  void yield(SimTask<?> me) {
    runnable.add(me);
    handOn(me);
  }

  /** Waits until one of the tasks has ended or the time has come. */
  void park(SimTask<?> me, List<SimTask<?>> tasks, @Nullable Instant deadline, String waitsFor) {
    me.parked = true;
    me.waits++;
    me.waitsFor = waitsFor;
    tasks.forEach(task -> task.waiters.add(me));
    if (deadline != null) {
      alarms.set(me, deadline);
    }
    handOn(me);
    tasks.forEach(task -> task.waiters.remove(me));
  }

  /** Wakes who waits for the task. */
  void ended(SimTask<?> task) {
    task.waiters.forEach(this::wake);
    task.waiters.clear();
  }

  private void wake(SimTask<?> task) {
    if (task.parked) {
      task.parked = false;
      runnable.add(task);
    }
  }

  private void handOn(SimTask<?> me) {
    SimTask<?> next = next();
    if (next != me) {
      next.turn.release();
      me.turn.acquireUninterruptibly();
    }
    if (stopping) {
      throw new SimStopped();
    }
  }

  /** Chooses who holds the baton from now on. After a failure: each task once, to unwind. */
  private SimTask<?> next() {
    turns++;
    if (turns == MAX_TURNS) {
      fail("the run has no end: " + MAX_TURNS + " turns");
    }
    if (runnable.isEmpty() && !stopping) {
      moveTime();
    }
    SimTask<?> next =
        stopping ? unfinished.iterator().next() : take(random.nextInt(runnable.size()));
    note(next, "runs");
    holder = next;
    return next;
  }

  private SimTask<?> take(int index) {
    SimTask<?> taken = runnable.get(index);
    SimTask<?> last = runnable.removeLast();
    if (last != taken) {
      runnable.set(index, last);
    }
    return taken;
  }

  /** To the next time for which anybody waits. */
  private void moveTime() {
    alarms
        .removeNext()
        .ifPresentOrElse(
            due -> {
              // What was written down may have taken a little longer than somebody meant to wait.
              now = due.time().isAfter(now) ? due.time() : now;
              due.tasks().forEach(this::wake);
            },
            () -> fail(deadlock()));
  }

  private String deadlock() {
    return unfinished.stream()
        .map(task -> task + " waits for " + task.waitsFor)
        .collect(Collectors.joining(", ", "deadlock: ", ""));
  }

  private void fail(String finding) {
    failure = new SimFailure(finding + where(), null);
    stopping = true;
  }

  /** Where the history stands, for messages. */
  String where() {
    return "; seed " + seed + ", at +" + age() + ", after\n" + trace.tail();
  }

  /** What a watcher can say of a holder that does not come to a wait. */
  String stuck(Duration time) {
    SimTask<?> task = holder;
    Thread thread = task == null ? null : task.thread();
    StackTraceElement[] place = thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    return task
        + " has not come to a wait for "
        + time
        + " (a lock held across a wait, or a loop?); seed "
        + seed
        + "; it stands at\n  "
        + Arrays.stream(place).map(Object::toString).collect(Collectors.joining("\n  "));
  }
}
