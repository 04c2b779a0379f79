package dev.graft.functions;

import java.util.function.Function;
import java.util.function.Supplier;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

/**
 * A function's process from its start to its end, with a snapshot perhaps between: many processes
 * are then made from one. So nothing that must be theirs alone, or may have ended meanwhile, is
 * made before the first request or the restore: no id, no random, no key, no credential, no
 * connection. Before the snapshot all paths are run once on a store in memory, so that their
 * classes are in it.
 *
 * @param <T> what answers requests, made over a {@link Deployment}
 */
final class Instance<T> implements Resource, Supplier<T> {
  private final Supplier<Deployment> opener;
  private final Function<Deployment, T> face;
  private final Runnable priming;

  /** Guarded by this. */
  private @Nullable Deployment deployment;

  /** Guarded by this; made over the deployment. */
  private @Nullable T made;

  /**
   * @param opener reads secrets, seeds randoms, begins connections
   * @param face makes what answers requests
   * @param priming is run before a snapshot, and leaves nothing behind
   */
  Instance(Supplier<Deployment> opener, Function<Deployment, T> face, Runnable priming) {
    this.opener = opener;
    this.face = face;
    this.priming = priming;
  }

  /**
   * The instance of a process that Lambda runs. What is wrong with its settings is told now.
   *
   * @throws dev.graft.protocol.error.GraftException.Misuse when a setting is missing or wrong
   */
  static <T> Instance<T> ofProcess(Function<Deployment, T> face) {
    Settings settings = Settings.of(System.getenv());
    Instance<T> instance =
        new Instance<>(() -> Deployment.open(settings), face, () -> Priming.run(settings));
    Core.getGlobalContext().register(instance);
    return instance;
  }

  @Override
  public synchronized T get() {
    T now = made;
    if (now == null) {
      Deployment opened = opener.get();
      now = face.apply(opened);
      deployment = opened;
      made = now;
    }
    return now;
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    close();
    priming.run();
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    close();
    get();
  }

  private synchronized void close() {
    Deployment now = deployment;
    deployment = null;
    made = null;
    if (now != null) {
      now.close();
    }
  }
}
