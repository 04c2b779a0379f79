package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.util.ArrayList;
import java.util.List;

/**
 * Work on one volume that may be done later, by another engine, twice or never: nothing depends on
 * it but the number of reads, and what it gives back of the store.
 */
public sealed interface UpkeepTask {
  /** The volume. */
  VolumeId volume();

  /**
   * A commit is durable that completed a block: its rollups, and each 1,024th time a checkpoint.
   *
   * @param volume which
   * @param lsn of the commit; one that completes no block asks for nothing
   */
  record AfterCommit(VolumeId volume, Lsn lsn) implements UpkeepTask {}

  /**
   * A reader missed rollups.
   *
   * @param volume which
   * @param blocks the commits that each would hold, those of the lowest level first; 1 to {@link
   *     #MAX_BLOCKS}
   */
  record Fill(VolumeId volume, List<Span> blocks) implements UpkeepTask {
    /** The most rollups that one reader asks for. */
    public static final int MAX_BLOCKS = 32;

    public Fill {
      blocks = List.copyOf(blocks);
      if (blocks.isEmpty() || blocks.size() > MAX_BLOCKS) {
        throw new GraftException.Misuse(
            "1 to " + MAX_BLOCKS + " rollups can be asked for, not " + blocks.size());
      }
      blocks.forEach(Span::block);
    }

    static Fill of(VolumeId volume, List<Block> missing) {
      List<Span> spans = new ArrayList<>();
      for (Block block : missing.subList(0, Math.min(missing.size(), MAX_BLOCKS))) {
        spans.add(new Span(block.first(), block.last()));
      }
      return new Fill(volume, spans);
    }
  }

  /**
   * Commits below the floor may have become free to go.
   *
   * @param volume which
   */
  record Trim(VolumeId volume) implements UpkeepTask {}

  /**
   * The commits of a block.
   *
   * @param first the first
   * @param last the last
   */
  record Span(Lsn first, Lsn last) {
    /**
     * The block that it is.
     *
     * @throws GraftException.Misuse when it is none that could have a rollup
     */
    Block block() {
      for (Block block : Block.completedBy(last)) {
        if (block.first().equals(first)) {
          return block;
        }
      }
      throw new GraftException.Misuse("commits " + first + " to " + last + " are no block");
    }
  }
}
