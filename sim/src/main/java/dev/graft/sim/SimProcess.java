package dev.graft.sim;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import dev.graft.protocol.remote.Remote;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A process that may be killed: the simulation's concurrency as its tasks see it. When it is
 * killed, tasks that wait are woken, and whatever they ask for from then on ends them with {@link
 * Killed}. What they had asked others for goes on there, and nobody hears of it.
 */
public final class SimProcess implements Concurrency {
  private final SimConcurrency sim;
  private final String name;
  private final SimTask<Boolean> end;

  /** A process that lives. */
  public SimProcess(SimConcurrency sim, String name) {
    this.sim = sim;
    this.name = name;
    this.end = sim.newTask("end of " + name);
  }

  /** Ends it. To be called by any task; the caller goes on. */
  public void kill() {
    sim.note("killed " + name);
    end.complete(true);
  }

  /** Whether it was killed. */
  public boolean isDead() {
    return end.isDone();
  }

  /**
   * Goes on only in a process that lives.
   *
   * @throws Killed when it was killed
   */
  public void requireAlive() {
    if (end.isDone()) {
      throw new Killed(name);
    }
  }

  /** A remote as this process sees it: what is under way when it is killed goes on there. */
  public Remote through(Remote remote) {
    return (Remote)
        Proxy.newProxyInstance(
            Remote.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            (proxy, method, arguments) -> {
              requireAlive();
              try {
                return sim.on(
                    sim.errand().awaitedWhile(() -> !isDead()),
                    () -> method.invoke(remote, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              } finally {
                requireAlive();
              }
            });
  }

  @Override
  public Instant instant() {
    requireAlive();
    return sim.instant();
  }

  @Override
  public <T> Task<T> fork(String taskName, Callable<T> body) {
    requireAlive();
    Task<T> task =
        sim.fork(
            taskName,
            () -> {
              requireAlive();
              try {
                return body.call();
              } catch (Exception | Error e) {
                requireAlive();
                throw e;
              }
            });
    requireAlive();
    return task;
  }

  @Override
  public <T> Promise<T> promise(String taskName) {
    return sim.promise(taskName);
  }

  @Override
  public void awaitAll(Collection<? extends Task<?>> tasks) {
    requireAlive();
    sim.yieldNow();
    requireAlive();
    for (Task<?> task : tasks) {
      awaitOne(sim.own(task), null);
    }
  }

  private void awaitOne(SimTask<?> task, @Nullable Instant deadline) {
    while (!task.isDone() && (deadline == null || sim.instant().isBefore(deadline))) {
      sim.park(List.of(task, end), deadline, task.toString());
      requireAlive();
    }
  }

  @Override
  public <T> Task<T> awaitFirst(Collection<? extends Task<T>> tasks) {
    requireAlive();
    List<SimTask<?>> awaited = new ArrayList<>(List.of(end));
    tasks.forEach(task -> awaited.add(sim.own(task)));
    sim.yieldNow();
    requireAlive();
    while (tasks.stream().noneMatch(Task::isDone)) {
      sim.park(awaited, null, "the first of " + tasks);
      requireAlive();
    }
    return sim.anyDone(tasks);
  }

  @Override
  public void sleepUntil(Instant instant) {
    requireAlive();
    if (!instant.isAfter(sim.instant())) {
      sim.yieldNow();
    }
    awaitOne(end, instant);
    requireAlive();
  }

  @Override
  public boolean awaitUntil(Task<?> task, Instant deadline) {
    requireAlive();
    sim.yieldNow();
    requireAlive();
    SimTask<?> awaited = sim.own(task);
    awaitOne(awaited, deadline);
    return awaited.isDone();
  }

  @Override
  public String toString() {
    return name;
  }
}
