package dev.graft.engine;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.util.List;

/**
 * Who rolls up (rule 5.5): the committer that completes a block, and the next reader who finds a
 * gap. Best effort: nothing depends on it but the number of reads.
 */
final class Upkeep {
  /** The most rollups that one reader fills in. */
  static final int MAX_FILLED = 32;

  private final Background background;
  private final Volumes volumes;
  private final StateLog states;
  private final Rollups rollups;
  private final Checkpoints checkpoints;

  /** Upkeep after one commit. */
  private record After(VolumeId volume, Lsn lsn) {}

  /** Upkeep of one missing rollup. */
  private record Gap(VolumeId volume, Block block) {}

  Upkeep(
      Background background,
      Volumes volumes,
      StateLog states,
      Rollups rollups,
      Checkpoints checkpoints) {
    this.background = background;
    this.volumes = volumes;
    this.states = states;
    this.rollups = rollups;
    this.checkpoints = checkpoints;
  }

  /** A commit is durable: what it completes is rolled up. */
  void committed(VolumeId volume, Lsn lsn) {
    List<Block> completed = Block.completedBy(lsn);
    if (!completed.isEmpty()) {
      background.run(new After(volume, lsn), () -> afterCommit(volume, lsn, completed));
    }
  }

  private void afterCommit(VolumeId volume, Lsn lsn, List<Block> completed) {
    states.refresh(volume);
    PageSize pageSize = volumes.record(volume).pageSize();
    int generation = states.generation(volume);
    for (Block block : completed) {
      if (isGone(volume, block) || !rollups.make(volume, pageSize, generation, block)) {
        break;
      }
    }
    if (lsn.value() % Checkpoints.EVERY == 0) {
      checkpoints.make(volume, pageSize, lsn);
    }
  }

  /** A block that begins below the floor: commits of it are gone, and no reader asks for it. */
  private boolean isGone(VolumeId volume, Block block) {
    return !block.first().isAfter(states.floor(volume));
  }

  /**
   * A reader missed rollups of blocks whose commits all exist.
   *
   * @param missing lowest level first
   */
  void fill(VolumeId volume, List<Block> missing) {
    if (missing.isEmpty()) {
      return;
    }
    background.run(
        new Gap(volume, missing.getFirst()),
        () -> {
          PageSize pageSize = volumes.record(volume).pageSize();
          int generation = states.generation(volume);
          for (Block block : missing.subList(0, Math.min(missing.size(), MAX_FILLED))) {
            if (!isGone(volume, block)) {
              rollups.make(volume, pageSize, generation, block);
            }
          }
        });
  }
}
