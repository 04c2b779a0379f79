package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.remote.Waiting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks after a volume as a whole: makes rollups and a checkpoint that nobody came to make, removes
 * commits that the floor gave up, and counts what else waits to be removed. Removes nothing else.
 */
final class Sweep {
  /** The most rollups that one call makes. */
  static final int MAX_ROLLUPS = 1_024;

  private static final int LISTED_AT_ONCE = 1_000;

  private final Volumes volumes;
  private final StateLog states;
  private final NewestCommit newest;
  private final Rollups rollups;
  private final Checkpoints checkpoints;
  private final Trimmer trimmer;
  private final Leftovers leftovers;
  private final PatientStore bulk;

  Sweep(
      Volumes volumes,
      StateLog states,
      NewestCommit newest,
      Rollups rollups,
      Checkpoints checkpoints,
      Trimmer trimmer,
      Leftovers leftovers,
      PatientStore bulk) {
    this.volumes = volumes;
    this.states = states;
    this.newest = newest;
    this.rollups = rollups;
    this.checkpoints = checkpoints;
    this.trimmer = trimmer;
    this.leftovers = leftovers;
    this.bulk = bulk;
  }

  /** See {@link EngineRemote#sweep}. */
  Swept sweep(VolumeId volume) {
    VolumeRecord record = volumes.record(volume);
    Optional<StateRecord> state = states.newest(volume);
    if (state.filter(StateRecord::deleted).isPresent()) {
      return new Swept(volume, true, 0, 0, false, 0, new Waiting(volume, 0, 0, 0, false));
    }
    Lsn head = newest.find(volume, newest.seen(volume));
    List<Block> missing = missing(volume, head);
    int made = 0;
    for (Block block : missing.subList(0, Math.min(MAX_ROLLUPS, missing.size()))) {
      made += rollups.make(volume, record.pageSize(), states.generation(volume), block) ? 1 : 0;
    }
    Lsn last = new Lsn(head.value() - head.value() % Checkpoints.EVERY);
    boolean checkpoint =
        Upkeep.isCheckpointed(last)
            && last.isAfter(states.floor(volume))
            && checkpoints.make(volume, record.pageSize(), last);
    long trimmed = trimmer.trim(volume).trimmed();
    return new Swept(
        volume, false, made, missing.size() - made, checkpoint, trimmed, leftovers.waiting(volume));
  }

  /** The rollups that should be there and are not, lowest level first. */
  private List<Block> missing(VolumeId volume, Lsn head) {
    Set<Block> there = new HashSet<>();
    int generation = states.generation(volume);
    String after = "";
    while (true) {
      List<ObjectKey> keys = bulk.store().list(Keys.derivedPrefix(volume), after, LISTED_AT_ONCE);
      keys.forEach(key -> Keys.blockOf(volume, generation, key).ifPresent(there::add));
      if (keys.size() < LISTED_AT_ONCE) {
        break;
      }
      after = keys.getLast().value();
    }
    List<Block> missing = new ArrayList<>();
    long floor = states.floor(volume).value();
    for (int level = 1; level <= Block.MAX_LEVEL; level++) {
      long size = new Block(level, 0).size();
      // The first block that begins above the floor.
      for (long i = (floor + size - 1) / size; (i + 1) * size <= head.value(); i++) {
        Block block = new Block(level, i);
        if (!there.contains(block)) {
          missing.add(block);
        }
      }
    }
    return missing;
  }
}
