package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.util.ArrayList;
import java.util.List;

/**
 * 32^level consecutive commits that begin at a multiple of 32^level, counted from LSN 1. A block of
 * level 0 is one commit.
 *
 * @param level 0..{@link #MAX_LEVEL}
 * @param index the how-manieth block of its level, from 0
 */
record Block(int level, long index) {
  /** 32 blocks make one of the next level. */
  static final int FAN_OUT = 32;

  /** 32^10 = 2^50 commits: at one a millisecond, 35,000 years. */
  static final int MAX_LEVEL = 10;

  private static final int FAN_OUT_BITS = 5;

  Block {
    if (level < 0 || level > MAX_LEVEL || index < 0 || index >>> (63 - 5 * level) != 0) {
      throw new GraftException.Misuse("there is no block " + index + " of level " + level);
    }
  }

  /** The block that is this one commit. */
  static Block ofCommit(Lsn lsn) {
    return new Block(0, lsn.value() - 1);
  }

  Lsn first() {
    return new Lsn((index << (FAN_OUT_BITS * level)) + 1);
  }

  Lsn last() {
    return new Lsn((index + 1) << (FAN_OUT_BITS * level));
  }

  /** How many commits it holds. */
  long size() {
    return 1L << (FAN_OUT_BITS * level);
  }

  /** The 32 blocks of the level below, ascending. */
  List<Block> children() {
    List<Block> children = new ArrayList<>(FAN_OUT);
    for (int i = 0; i < FAN_OUT; i++) {
      children.add(new Block(level - 1, index * FAN_OUT + i));
    }
    return children;
  }

  /** The blocks above level 0 that this commit completes, lowest first. */
  static List<Block> completedBy(Lsn lsn) {
    List<Block> completed = new ArrayList<>();
    for (int level = 1; level <= MAX_LEVEL; level++) {
      long size = 1L << (FAN_OUT_BITS * level);
      if (lsn.value() <= 0 || lsn.value() % size != 0) {
        break;
      }
      completed.add(new Block(level, lsn.value() / size - 1));
    }
    return completed;
  }

  /**
   * The fewest blocks that hold exactly the commits after {@code since} up to {@code upto},
   * ascending. None of them ends after {@code upto}.
   */
  static List<Block> cover(Lsn since, Lsn upto) {
    List<Block> blocks = new ArrayList<>();
    long next = since.value();
    long end = upto.value();
    while (next < end) {
      int level = MAX_LEVEL;
      while (!fits(level, next, end)) {
        level--;
      }
      Block block = new Block(level, next >>> (FAN_OUT_BITS * level));
      blocks.add(block);
      next += block.size();
    }
    return blocks;
  }

  private static boolean fits(int level, long next, long end) {
    long size = 1L << (FAN_OUT_BITS * level);
    return next % size == 0 && size <= end - next;
  }

  @Override
  public String toString() {
    return level == 0 ? "commit " + last() : "commits " + first() + " to " + last();
  }
}
