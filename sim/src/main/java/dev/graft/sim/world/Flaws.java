package dev.graft.sim.world;

import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.SimConcurrency;
import java.util.function.BiFunction;

/**
 * Bugs to be planted around the product, to show that a fault and the judge would find them.
 *
 * @param stores what each engine gets in place of the store
 * @param remotes what each engine is met through; beside it the store that the engine sees
 * @param clients what each client gets in place of its network
 * @param outcomes what clients do when they do not learn what became of a commit
 * @param forgetsCachedReads whether SQLite's read sets lack the pages that it had in its cache
 */
public record Flaws(
    BiFunction<ObjectStore, SimConcurrency, ObjectStore> stores,
    BiFunction<Remote, ObjectStore, Remote> remotes,
    BiFunction<Remote, SimConcurrency, Remote> clients,
    OnUnknown outcomes,
    boolean forgetsCachedReads) {
  /** What a client does when it does not learn what became of a commit. */
  public enum OnUnknown {
    /** It asks again, unchanged, as it should. */
    ASKS_AGAIN,
    /** It does the work anew, as another transaction. */
    WORKS_ANEW,
    /** It takes it for done. */
    BELIEVES
  }

  /** No bugs. */
  public static final Flaws NONE =
      new Flaws(
          (store, sim) -> store,
          (remote, store) -> remote,
          (remote, sim) -> remote,
          OnUnknown.ASKS_AGAIN,
          false);

  /** The same with bugs of an engine's way to its store. */
  public Flaws withStores(BiFunction<ObjectStore, SimConcurrency, ObjectStore> other) {
    return new Flaws(other, remotes, clients, outcomes, forgetsCachedReads);
  }

  /** The same with bugs of what stands before an engine. */
  public Flaws withRemotes(BiFunction<Remote, ObjectStore, Remote> other) {
    return new Flaws(stores, other, clients, outcomes, forgetsCachedReads);
  }

  /** The same with bugs of a client's way to its network. */
  public Flaws withClients(BiFunction<Remote, SimConcurrency, Remote> other) {
    return new Flaws(stores, remotes, other, outcomes, forgetsCachedReads);
  }

  /** The same with bugs of clients. */
  public Flaws with(OnUnknown other) {
    return new Flaws(stores, remotes, clients, other, forgetsCachedReads);
  }

  /** The same with a VFS whose read sets are what SQLite asked for in the transaction itself. */
  public Flaws withForgottenReads() {
    return new Flaws(stores, remotes, clients, outcomes, true);
  }
}
