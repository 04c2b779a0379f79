package dev.graft.sim.world;

import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.disk.Disk;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * Bugs to be planted around the product, to show that a fault and the judge would find them.
 *
 * @param stores what each engine gets in place of the store
 * @param remotes what each engine is met through; beside it the store that the engine sees
 * @param clients what each client gets in place of its network
 * @param disks what each process of a client gets in place of its disk
 * @param outcomes what clients do when they do not learn what became of a commit
 * @param slips others
 */
public record Flaws(
    BiFunction<ObjectStore, SimConcurrency, ObjectStore> stores,
    BiFunction<Remote, ObjectStore, Remote> remotes,
    BiFunction<Remote, SimConcurrency, Remote> clients,
    UnaryOperator<Disk> disks,
    OnUnknown outcomes,
    Set<Slip> slips) {
  /** What a client does when it does not learn what became of a commit. */
  public enum OnUnknown {
    /** It asks again, unchanged, as it should. */
    ASKS_AGAIN,
    /** It does the work anew, as another transaction. */
    WORKS_ANEW,
    /** It takes it for done. */
    BELIEVES
  }

  /** Bugs that have their place in the world itself. */
  public enum Slip {
    /** SQLite's read sets lack the pages that it had in its cache. */
    FORGETS_CACHED_READS,
    /** A transport takes the first bytes of an answer for those that it asked for. */
    TAKES_FIRST_BYTES,
    /** A transport works on the bytes of an answer as if nobody else had them. */
    SCRATCHES,
    /** A clone goes on with the random state of the one that was primed. */
    KEEPS_SEED,
    /** A client goes by its own clock. */
    OWN_CLOCK
  }

  /** No bugs. */
  public static final Flaws NONE =
      new Flaws(
          (store, sim) -> store,
          (remote, store) -> remote,
          (remote, sim) -> remote,
          UnaryOperator.identity(),
          OnUnknown.ASKS_AGAIN,
          Set.of());

  /** The same with bugs of an engine's way to its store. */
  public Flaws withStores(BiFunction<ObjectStore, SimConcurrency, ObjectStore> other) {
    return new Flaws(other, remotes, clients, disks, outcomes, slips);
  }

  /** The same with bugs of what stands before an engine. */
  public Flaws withRemotes(BiFunction<Remote, ObjectStore, Remote> other) {
    return new Flaws(stores, other, clients, disks, outcomes, slips);
  }

  /** The same with bugs of a client's way to its network. */
  public Flaws withClients(BiFunction<Remote, SimConcurrency, Remote> other) {
    return new Flaws(stores, remotes, other, disks, outcomes, slips);
  }

  /** The same with bugs of a client's way to its disk. */
  public Flaws withDisks(UnaryOperator<Disk> other) {
    return new Flaws(stores, remotes, clients, other, outcomes, slips);
  }

  /** The same with bugs of clients. */
  public Flaws with(OnUnknown other) {
    return new Flaws(stores, remotes, clients, disks, other, slips);
  }

  /** The same with a slip. */
  public Flaws with(Slip slip) {
    return new Flaws(stores, remotes, clients, disks, outcomes, EnumSet.of(slip));
  }
}
