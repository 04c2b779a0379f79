package dev.graft.sim.world;

import dev.graft.client.MoveListener;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.sim.judge.View;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A session's replica as another program uses it that knows nothing of histories, such as SQLite:
 * what is read and written through it is written down page by page. All that it does not watch it
 * hands on. For the one task that the program runs on.
 */
final class WatchedReplica implements InvocationHandler {
  private final World world;
  private final Session session;

  /** The process that the program runs in. */
  private final Client.Life life;

  private final String process;
  private final Replica replica;
  private boolean watches;
  private @Nullable WatchedTransaction writing;
  private View lastPinned = View.of(0, -1);

  private WatchedReplica(World world, Session session) {
    this.world = world;
    this.session = session;
    this.life = session.life();
    this.process = session.name();
    this.replica = session.replica();
  }

  /** The replica, and who watches it. */
  record Watched(Replica replica, WatchedReplica watcher) {}

  static Watched of(World world, Session session) {
    WatchedReplica watcher = new WatchedReplica(world, session);
    Replica replica =
        (Replica)
            Proxy.newProxyInstance(
                Replica.class.getClassLoader(), new Class<?>[] {Replica.class}, watcher);
    return new Watched(replica, watcher);
  }

  /**
   * Writes down from now on. What a program pins before that, when it makes the replica known to
   * itself under a lock of its own, is not read; so nothing waits there.
   */
  void watch() {
    watches = true;
  }

  /** The process, as histories call it. */
  String process() {
    return process;
  }

  boolean isDead() {
    return life.process().isDead();
  }

  /**
   * Goes on only while the process lives.
   *
   * @throws dev.graft.sim.Killed when it was killed
   */
  void requireAlive() {
    life.process().requireAlive();
  }

  /** The snapshot that was pinned last. */
  View lastPinned() {
    return lastPinned;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    return switch (method.getName()) {
      case "snapshot" -> pinned();
      case "begin" -> begin();
      case "onMove" -> {
        if (arguments != null && arguments[0] instanceof MoveListener listener) {
          listen(listener);
        }
        yield null;
      }
      case "equals" -> arguments != null && arguments[0] == proxy;
      case "hashCode" -> System.identityHashCode(proxy);
      default -> handedOn(method, arguments);
    };
  }

  private @Nullable Object handedOn(Method method, Object @Nullable [] arguments) throws Throwable {
    requireAlive();
    try {
      return method.invoke(replica, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private Snapshot pinned() {
    requireAlive();
    if (!watches) {
      return replica.snapshot();
    }
    long began = world.recorder().now();
    Snapshot snapshot = replica.snapshot();
    View view = session.view(snapshot);
    lastPinned = view;
    return new WatchedSnapshot(world, session, this, snapshot, view, began);
  }

  private Transaction begin() {
    requireAlive();
    long began = world.recorder().now();
    WatchedTransaction transaction =
        new WatchedTransaction(world, session, this, replica.begin(), began);
    writing = transaction;
    return transaction;
  }

  /** The program knows its transactions as it was given them. */
  private void listen(MoveListener listener) {
    replica.onMove((from, to, changes, descendant, own, merged) -> {
      WatchedTransaction mine = writing;
      boolean isMine = own != null && mine != null && mine.isOver(own);
      listener.moved(from, to, changes, descendant, isMine ? mine : own, merged);
    });
  }
}
