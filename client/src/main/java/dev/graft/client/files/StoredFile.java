package dev.graft.client.files;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A file in a volume. It begins at the beginning of a page, and only its last page is shared with
 * nothing but zeros.
 *
 * @param path its name
 * @param bytes its length
 * @param modified when its content was last changed where it came from, to the millisecond
 * @param sha256 of its content
 * @param runs where its pages lie, in order; none for an empty file
 */
public record StoredFile(
    FilePath path, long bytes, Instant modified, Hash sha256, List<PageRun> runs) {
  /** The most runs of pages; a file that would need more is laid anew in one. */
  public static final int MAX_RUNS = 16;

  public StoredFile {
    modified = modified.truncatedTo(ChronoUnit.MILLIS);
    runs = List.copyOf(runs);
    if (bytes < 0 || runs.size() > MAX_RUNS) {
      throw new GraftException.Misuse(
          "file " + path + " cannot have " + bytes + " bytes in " + runs.size() + " runs");
    }
  }

  /** How many pages hold its content. */
  public long pages() {
    return runs.stream().mapToLong(PageRun::pages).sum();
  }
}
