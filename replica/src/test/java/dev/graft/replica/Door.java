package dev.graft.replica;

import java.util.Map;

/** Where the replica of a trial asks, and where all that it asks is counted. */
interface Door extends AutoCloseable {
  /**
   * What was asked.
   *
   * @param metadata requests for what changed: the log, rollups, state
   * @param pages requests for ranges of pages
   * @param metadataBytes that went back; negative where they cannot be told
   * @param pageBytes that went back
   */
  record Seen(long metadata, long pages, long metadataBytes, long pageBytes) {}

  /** How a replica finds it. */
  Map<String, String> environment();

  /** What was asked since the last call. */
  Seen seen();

  @Override
  void close();
}
