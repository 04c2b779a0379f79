package dev.graft.sim;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * For whom a task of a simulation works, and whether that is a delivery too many. Tasks that it
 * starts work for the same. Immutable.
 */
public final class Errand {
  /** For nobody in particular. */
  static final Errand NONE = new Errand(() -> true, null);

  private final BooleanSupplier awaited;
  private final @Nullable Surplus surplus;

  private Errand(BooleanSupplier awaited, @Nullable Surplus surplus) {
    this.awaited = awaited;
    this.surplus = surplus;
  }

  /** The same for one who asked and may stop waiting for the answer. */
  public Errand awaitedWhile(BooleanSupplier waits) {
    return new Errand(() -> awaited.getAsBoolean() && waits.getAsBoolean(), surplus);
  }

  /** The same as part of a delivery too many. */
  public Errand of(Surplus delivery) {
    return new Errand(awaited, delivery);
  }

  /** Whether whoever asked still waits for the answer. */
  boolean isAwaited() {
    return awaited.getAsBoolean();
  }

  /** A store was changed. */
  void wrote() {
    if (surplus != null) {
      surplus.changes();
    }
  }
}
