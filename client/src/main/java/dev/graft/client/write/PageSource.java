package dev.graft.client.write;

import java.io.IOException;

/** Where an import takes its pages from. Called by one thread. */
@FunctionalInterface
public interface PageSource {
  /**
   * Reads consecutive pages.
   *
   * @param firstPageIdx 1-based
   * @param pages how many
   * @param target takes them from byte 0 on, one after the other
   */
  void read(long firstPageIdx, int pages, byte[] target) throws IOException;
}
