package dev.graft.protocol.map;

/**
 * One leaf in the stack of a window.
 *
 * @param place where the leaf lies
 * @param ceiling page indexes above it are hidden in this layer; 4294967295 when there is no such
 *     limit
 */
public record LeafLayer(LeafPlace place, long ceiling) {
  /** Hides nothing. */
  public static final long NO_CEILING = 0xFFFF_FFFFL;
}
