package dev.graft.sim.workload;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Checkpoint;
import dev.graft.protocol.log.StateRecord;
import dev.graft.sim.SimConcurrency;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes engines meet that make the checkpoint of one commit: whoever comes to put it, or the state
 * record that names it, waits until another engine comes to the same, or for ten minutes. Changes
 * nothing else, and writes down who did what.
 */
final class CheckpointRace {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration LOOKS_EVERY = Duration.ofMillis(20);

  private final Lsn lsn;
  private final Map<String, Set<Integer>> waiting = new HashMap<>();
  private final List<PutOutcome> records = new ArrayList<>();
  private int engines;
  private int named;

  /** A race for the checkpoint of a commit. */
  CheckpointRace(Lsn lsn) {
    this.lsn = lsn;
  }

  /** What the next engine gets in place of its store. */
  ObjectStore watch(ObjectStore store, SimConcurrency sim) {
    int engine = ++engines;
    return new PassingStore(store) {
      @Override
      public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
        String[] parts = key.value().split("/");
        VolumeId volume = VolumeId.parse(parts[1]);
        if (parts[2].equals("checkpoints") && isDue(key, volume, parts[3], bytes)) {
          await("the checkpoint", engine, sim);
        }
        if (!parts[2].equals("state") || !names(key, volume, parts[3], bytes)) {
          return super.putIfAbsent(key, bytes, notAfter);
        }
        await(key.value(), engine, sim);
        PutOutcome outcome = super.putIfAbsent(key, bytes, notAfter);
        records.add(outcome);
        return outcome;
      }
    };
  }

  private boolean isDue(ObjectKey key, VolumeId volume, String id, byte[] bytes) {
    return Checkpoint.decode(key.value(), volume, CheckpointId.parse(id), bytes)
        .position()
        .lsn()
        .equals(lsn);
  }

  private boolean names(ObjectKey key, VolumeId volume, String number, byte[] bytes) {
    StateRecord record =
        StateRecord.decode(key.value(), volume, ~Long.parseUnsignedLong(number, 16), bytes);
    long count =
        record.checkpoints().stream()
            .filter(checkpoint -> checkpoint.position().lsn().equals(lsn))
            .count();
    named = (int) Math.max(named, count);
    return count > 0;
  }

  private void await(String what, int engine, SimConcurrency sim) {
    Set<Integer> all = waiting.computeIfAbsent(what, none -> new HashSet<>());
    all.add(engine);
    Instant end = sim.instant().plus(PATIENCE);
    while (all.size() < 2 && sim.instant().isBefore(end)) {
      sim.pause(LOOKS_EVERY);
    }
  }

  /** How many engines had made the checkpoint and came to put it. */
  int builders() {
    return waiting.getOrDefault("the checkpoint", Set.of()).size();
  }

  /** What those were told who put a state record that names it. */
  List<PutOutcome> records() {
    return records;
  }

  /** The most checkpoints of the commit that one record was to name. */
  int mostNamed() {
    return named;
  }
}
