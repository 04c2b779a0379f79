package dev.graft.sqlite;

import dev.graft.protocol.page.PageSize;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The pages of a SQLite database that nearly every query passes through, in the order in which a
 * query meets them: page 1, the pages of the schema, the roots of all trees, then the interior
 * pages level by level. A hint, never trusted: a page that is missing here is only slower to get.
 */
public final class HotPages {
  /** No hint. */
  public static final HotPages NONE = new HotPages(List.of());

  private final List<long[]> levels;
  private final long[] sorted;

  /**
   * @param levels page numbers, each level ascending; no page in two of them
   */
  HotPages(List<long[]> levels) {
    this.levels = List.copyOf(levels);
    this.sorted = levels.stream().flatMapToLong(LongStream::of).sorted().toArray();
  }

  /** How many pages. */
  public int size() {
    return sorted.length;
  }

  /** Whether the page is one of them. Allocation free. */
  public boolean contains(long page) {
    return Arrays.binarySearch(sorted, page) >= 0;
  }

  /** The number of levels. */
  public int levelCount() {
    return levels.size();
  }

  /** The pages of a level, ascending. Level 0 is page 1, 1 the schema, 2 the roots. */
  public long[] level(int i) {
    return levels.get(i).clone();
  }

  /** All pages, level by level. */
  public long[] ordered() {
    return levels.stream().flatMapToLong(LongStream::of).toArray();
  }

  /** All pages, ascending. */
  public long[] ascending() {
    return sorted.clone();
  }

  /**
   * The same bytes as pages of a volume with another page size; a page stays on its first level.
   */
  public HotPages inPagesOf(PageSize sqlite, PageSize volume) {
    if (sqlite.equals(volume)) {
      return this;
    }
    LongSet seen = new LongSet();
    List<long[]> mapped =
        levels.stream()
            .map(level ->
                LongStream.of(level)
                    .flatMap(page -> covering(page, sqlite, volume))
                    .filter(seen::add)
                    .sorted()
                    .toArray())
            .toList();
    return new HotPages(mapped);
  }

  private static LongStream covering(long page, PageSize sqlite, PageSize volume) {
    long first = (page - 1) * sqlite.bytes();
    long last = first + sqlite.bytes() - 1;
    return LongStream.rangeClosed(first / volume.bytes() + 1, last / volume.bytes() + 1);
  }
}
