package dev.graft.engine;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.StateRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Keeps LSNs beside the floor, and lets them go again (rule 4.10). */
final class KeptLsns {
  private final StateLog states;
  private final Rounds rounds;

  KeptLsns(StateLog states, Rounds rounds) {
    this.states = states;
    this.rounds = rounds;
  }

  /**
   * Keeps a commit that exists, also when the floor rises above it. It races with the floor for one
   * number of the state log, so whoever is second knows of the first.
   *
   * @return whether it was not kept before
   * @throws GraftException.Gone when it lies below the floor and is not kept
   */
  boolean keep(VolumeId volume, Lsn lsn) {
    return states.publish(
        volume,
        state -> {
          Resolver.requireKept(state, lsn);
          TreeSet<Lsn> kept = new TreeSet<>(state.keptLsns());
          return kept.add(lsn)
              ? Optional.of(state.next(rounds.now()).withKeptLsns(List.copyOf(kept)))
              : Optional.empty();
        },
        Instant.MAX);
  }

  /**
   * Lets a kept LSN go; below the floor it is gone then.
   *
   * @return whether it was kept
   */
  boolean release(VolumeId volume, Lsn lsn) {
    return states.publish(
        volume,
        state -> {
          TreeSet<Lsn> kept = new TreeSet<>(state.keptLsns());
          if (!kept.remove(lsn)) {
            return Optional.empty();
          }
          StateRecord next = state.next(rounds.now()).withKeptLsns(List.copyOf(kept));
          return Optional.of(
              next.withCheckpoints(
                  state.checkpoints().stream()
                      .filter(checkpoint -> next.keeps(checkpoint.position().lsn()))
                      .toList()));
        },
        Instant.MAX);
  }
}
