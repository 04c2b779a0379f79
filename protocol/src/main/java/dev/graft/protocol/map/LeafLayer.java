package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;

/**
 * One leaf in the stack of a window.
 *
 * @param place where the leaf lies
 * @param ceiling page indexes above it are hidden in this layer; 4294967295 when there is no such
 *     limit. A root or branch takes what is hidden out of inline leaves, and keeps ceilings only
 *     for leaves in frames
 */
public record LeafLayer(LeafPlace place, long ceiling) {
  /** Hides nothing. */
  public static final long NO_CEILING = 0xFFFF_FFFFL;

  public LeafLayer {
    if (ceiling < 0 || ceiling > NO_CEILING) {
      throw new GraftException.Misuse("ceiling " + ceiling + " is not in 0.." + NO_CEILING);
    }
  }

  /** A leaf right here, with nothing hidden. */
  public static LeafLayer inline(Leaf leaf) {
    return new LeafLayer(new LeafPlace.Inline(leaf), NO_CEILING);
  }

  /** A leaf in a frame, with nothing hidden. */
  public static LeafLayer inFrame(LeafPlace.InFrame place) {
    return new LeafLayer(place, NO_CEILING);
  }

  boolean ceilingIsNone() {
    return ceiling == NO_CEILING;
  }

  /**
   * This layer of a window under one more ceiling. A ceiling that hides nothing of the window is
   * written as none, so that equal meanings are equal values.
   */
  LeafLayer lowered(int window, long ceilingAbove) {
    long lower = Stacks.effective(window, Math.min(ceiling, ceilingAbove));
    return lower == ceiling ? this : new LeafLayer(place, lower);
  }
}
