package dev.graft.sim.world;

/** Pages of a transaction's snapshot with its own changes on top; what is done is written down. */
public interface Changes extends Pages {
  /** Replaces a page. */
  void write(long page, byte[] content);

  /** Ends the volume after so many pages. */
  void cut(long count);
}
