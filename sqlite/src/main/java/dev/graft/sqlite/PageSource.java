package dev.graft.sqlite;

import java.io.IOException;

/** Where the pages of a SQLite database are read from. */
@FunctionalInterface
interface PageSource {
  /**
   * Reads one whole page.
   *
   * @param page 1-based, in SQLite's page size
   * @param target at least one page long
   * @return whether the page is there
   */
  boolean read(long page, byte[] target) throws IOException;
}
