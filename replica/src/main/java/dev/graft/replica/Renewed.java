package dev.graft.replica;

import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A way to elsewhere whose connections can be given up and made anew, while what was built over it
 * keeps what it knows. Nothing is opened before it is used. Safe for use by many threads.
 *
 * @param <T> what is opened; closed when it is given up, if it can be
 */
final class Renewed<T> {
  private final Supplier<? extends T> open;

  /** Guarded by this, as is the number. */
  private @Nullable T current;

  private int underWay;

  Renewed(Supplier<? extends T> open) {
    this.open = open;
  }

  /** Does something with what is open, which stays so until that is done. */
  <R> R using(Function<? super T, R> work) {
    T now = enter();
    try {
      return work.apply(now);
    } finally {
      leave();
    }
  }

  private synchronized T enter() {
    @Nullable T now = current;
    if (now == null) {
      now = open.get();
      current = now;
    }
    underWay++;
    return now;
  }

  private synchronized void leave() {
    underWay--;
  }

  /** Whether nothing is under way. */
  synchronized boolean isIdle() {
    return underWay == 0;
  }

  /** Gives up all connections; the next use makes new ones. Nothing may be under way. */
  void disconnect() {
    @Nullable T before;
    synchronized (this) {
      before = current;
      current = null;
    }
    if (before instanceof AutoCloseable closeable) {
      Closing.quietly(closeable);
    }
  }
}
