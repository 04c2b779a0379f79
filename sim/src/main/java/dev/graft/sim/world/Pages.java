package dev.graft.sim.world;

/** Pages of a snapshot; what is read is written down. */
public interface Pages {
  /** The page count. */
  long count();

  /** A whole page, a copy. */
  byte[] read(long page);
}
