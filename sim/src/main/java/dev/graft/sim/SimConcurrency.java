package dev.graft.sim;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Concurrency that a seed decides. Each task has a thread, but only the one that holds the baton
 * runs; at every call that may wait it hands the baton to a task chosen by the seed, perhaps
 * itself. Time is virtual and moves only when nobody can run, and by {@link #tick}. So one seed
 * gives one history, which {@link #traceHash} names.
 *
 * <p>What tasks do between two such calls is atomic here: races of code that never calls a
 * concurrency are not found. Interrupts are ignored. One object plays one {@link #run}.
 */
public final class SimConcurrency implements Concurrency {
  /** When every simulation begins. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** In real time: longer work between two waits is a task that is stuck. */
  private static final Duration STUCK_AFTER = Duration.ofSeconds(60);

  private final long seed;
  private final Duration stuckAfter;
  private final Baton baton;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("sim-", 0).factory());
  private final Semaphore allEnded = new Semaphore(0);

  // These belong to the holder of the baton, and to the caller of run when all have ended.
  private final List<SimTask<?>> failed = new ArrayList<>();
  private long tasks;
  private boolean used;
  private boolean damages;

  /** A world that has not begun. */
  public SimConcurrency(long seed) {
    this(seed, STUCK_AFTER);
  }

  SimConcurrency(long seed, Duration stuckAfter) {
    this.seed = seed;
    this.stuckAfter = stuckAfter;
    this.baton = new Baton(seed);
  }

  /**
   * Plays a whole simulation: the body as the first task, and on until every task has ended.
   *
   * @return what the body gave
   * @throws SimFailure when nobody can run any more (a deadlock), when the run has no end, and when
   *     a task failed whose result nobody asked for; {@link GraftException.Unavailable}, which
   *     stores that fail bring about, is a fair end of a task that nobody waits for
   * @throws Exception what the body threw; the other tasks are ended then
   */
  public <T> T run(Callable<T> body) throws Exception {
    if (used) {
      throw new IllegalStateException("this simulation has been run; make a new one");
    }
    used = true;
    SimTask<T> root = newTask("root");
    start(root, body, true);
    baton.begin();
    awaitEnd();
    threads.shutdown();
    if (baton.failure() != null) {
      throw baton.failure();
    }
    List<Throwable> untold = untoldFailures();
    Throwable cause = root.untoldFailure();
    if (cause != null) {
      untold.forEach(cause::addSuppressed);
      if (cause instanceof Error error) {
        throw error;
      }
      throw (Exception) cause;
    }
    if (!untold.isEmpty()) {
      throw new SimFailure(
          "a task failed and nobody asked for its result" + baton.where(), untold.getFirst());
    }
    return root.result();
  }

  /** Waits in real time, and watches that the holder of the baton comes to a wait. */
  private void awaitEnd() throws InterruptedException {
    long seen = baton.turns();
    while (!allEnded.tryAcquire(stuckAfter.toMillis(), TimeUnit.MILLISECONDS)) {
      if (baton.turns() == seen) {
        throw new SimFailure(baton.stuck(stuckAfter), null);
      }
      seen = baton.turns();
    }
  }

  private List<Throwable> untoldFailures() {
    return failed.stream()
        .map(SimTask::untoldFailure)
        .filter(Objects::nonNull)
        .filter(cause -> !(cause instanceof GraftException.Unavailable))
        .filter(cause -> !(damages && cause instanceof GraftException.Corrupt))
        .filter(cause -> !(cause instanceof SimStopped || cause instanceof Killed))
        .toList();
  }

  /**
   * Says that this world damages what is read: {@link GraftException.Corrupt} is then a fair end of
   * a task that nobody waits for.
   */
  public void expectDamage() {
    damages = true;
  }

  /** The seed that decides. */
  public long seed() {
    return seed;
  }

  /** Names the history until now: equal for equal seeds and programs. */
  public Hash traceHash() {
    return baton.trace().hash();
  }

  /** How many events the history has. */
  public long traceEvents() {
    return baton.trace().events();
  }

  /** Writes an event of the running task into the history. Does not wait. */
  public void note(String event) {
    baton.note(baton.current(), event);
  }

  /** For whom the running task works. */
  public Errand errand() {
    return baton.current().errand;
  }

  /**
   * Does something for somebody else than the running task works for; so do the tasks that it
   * starts.
   *
   * @throws Exception what the work threw
   */
  public <T> T on(Errand errand, Callable<T> work) throws Exception {
    SimTask<?> me = baton.current();
    Errand before = me.errand;
    me.errand = errand;
    try {
      return work.call();
    } finally {
      me.errand = before;
    }
  }

  /** Whether whoever asked for what the running task does still waits for the answer. */
  public boolean isAwaited() {
    return errand().isAwaited();
  }

  /** Virtual time since the start. */
  public Duration age() {
    return baton.age();
  }

  /**
   * Lets a nanosecond pass for the running task, which goes on: what happens before and after at
   * one time can be told apart.
   *
   * @return virtual time since the start, later than any that was given before
   */
  public Duration tick() {
    baton.tick();
    return baton.age();
  }

  @Override
  public Instant instant() {
    return baton.now();
  }

  /** Lets time pass, as work or a network does. */
  public void pause(Duration duration) {
    sleepUntil(instant().plus(duration));
  }

  /** Lets others run, perhaps. */
  public void yieldNow() {
    baton.yield(baton.current());
  }

  @Override
  public <T> Task<T> fork(String name, Callable<T> body) {
    SimTask<?> me = baton.current();
    SimTask<T> task = newTask(name);
    task.errand = me.errand;
    baton.note(me, "forks " + task.name);
    start(task, body, false);
    baton.yield(me);
    return task;
  }

  /** {@inheritDoc} Never hands the baton on, nor does ending it. */
  @Override
  public <T> Promise<T> promise(String name) {
    return newTask(name);
  }

  <T> SimTask<T> newTask(String name) {
    return new SimTask<>(baton, name + "#" + tasks++);
  }

  private <T> void start(SimTask<T> task, Callable<T> body, boolean isRoot) {
    baton.enter(task);
    threads.execute(() -> {
      if (baton.awaitFirstTurn(task)) {
        task.run(body);
      } else {
        task.stop();
      }
      boolean hasFailed = task.untoldFailure() != null;
      if (hasFailed && !isRoot) {
        failed.add(task);
      }
      if (!baton.leave(task, isRoot && hasFailed)) {
        allEnded.release();
      }
    });
  }

  @Override
  public void awaitAll(Collection<? extends Task<?>> tasks) {
    yieldNow();
    for (Task<?> task : tasks) {
      awaitOne(own(task), null);
    }
  }

  @Override
  public <T> Task<T> awaitFirst(Collection<? extends Task<T>> tasks) {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("cannot wait for the first of no tasks");
    }
    List<SimTask<?>> awaited = new ArrayList<>();
    for (Task<T> task : tasks) {
      awaited.add(own(task));
    }
    yieldNow();
    while (tasks.stream().noneMatch(Task::isDone)) {
      park(awaited, null, "the first of " + awaited);
    }
    return anyDone(tasks);
  }

  /** One of those that have ended, of which there is one at least. */
  <T> Task<T> anyDone(Collection<? extends Task<T>> tasks) {
    List<Task<T>> done = new ArrayList<>();
    for (Task<T> task : tasks) {
      if (task.isDone()) {
        done.add(task);
      }
    }
    return done.get(baton.random().nextInt(done.size()));
  }

  /** Waits until one of the tasks has ended or the time has come. */
  void park(List<SimTask<?>> tasks, @Nullable Instant deadline, String waitsFor) {
    baton.park(baton.current(), tasks, deadline, waitsFor);
  }

  @Override
  public void sleepUntil(Instant instant) {
    SimTask<?> me = baton.current();
    if (instant.isAfter(instant())) {
      baton.park(me, List.of(), instant, "the time " + instant);
    } else {
      baton.yield(me);
    }
  }

  @Override
  public boolean awaitUntil(Task<?> task, Instant deadline) {
    SimTask<?> awaited = own(task);
    yieldNow();
    awaitOne(awaited, deadline);
    return awaited.isDone();
  }

  private void awaitOne(SimTask<?> task, @Nullable Instant deadline) {
    while (!task.isDone() && (deadline == null || instant().isBefore(deadline))) {
      park(List.of(task), deadline, task.toString());
    }
  }

  SimTask<?> own(Task<?> task) {
    if (task instanceof SimTask<?> own && own.isOf(baton)) {
      return own;
    }
    throw new IllegalArgumentException("this task was started by another Concurrency: " + task);
  }
}
