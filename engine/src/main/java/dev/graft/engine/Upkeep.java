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
  private final Background background;
  private final Volumes volumes;
  private final StateLog states;
  private final Rollups rollups;
  private final Checkpoints checkpoints;

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
      UpkeepTask.AfterCommit task = new UpkeepTask.AfterCommit(volume, lsn);
      background.run(task, () -> afterCommit(task));
    }
  }

  /**
   * A reader missed rollups of blocks whose commits all exist.
   *
   * @param missing lowest level first
   */
  void fill(VolumeId volume, List<Block> missing) {
    if (!missing.isEmpty()) {
      UpkeepTask.Fill task = UpkeepTask.Fill.of(volume, missing);
      background.run(task, () -> fill(task));
    }
  }

  /** Does what the completion of a block asks for. */
  void afterCommit(UpkeepTask.AfterCommit task) {
    VolumeId volume = task.volume();
    states.refresh(volume);
    PageSize pageSize = volumes.record(volume).pageSize();
    int generation = states.generation(volume);
    for (Block block : Block.completedBy(task.lsn())) {
      if (isGone(volume, block) || !rollups.make(volume, pageSize, generation, block)) {
        break;
      }
    }
    if (isCheckpointed(task.lsn())) {
      checkpoints.make(volume, pageSize, task.lsn());
    }
  }

  /** Whether there should be a checkpoint of this commit. */
  static boolean isCheckpointed(Lsn lsn) {
    return lsn.value() > 0 && lsn.value() % Checkpoints.EVERY == 0;
  }

  /** A block that begins below the floor: commits of it are gone, and no reader asks for it. */
  private boolean isGone(VolumeId volume, Block block) {
    return !block.first().isAfter(states.floor(volume));
  }

  /** Makes the rollups that a reader missed. */
  void fill(UpkeepTask.Fill task) {
    VolumeId volume = task.volume();
    PageSize pageSize = volumes.record(volume).pageSize();
    int generation = states.generation(volume);
    for (UpkeepTask.Span span : task.blocks()) {
      Block block = span.block();
      if (!isGone(volume, block)) {
        rollups.make(volume, pageSize, generation, block);
      }
    }
  }
}
