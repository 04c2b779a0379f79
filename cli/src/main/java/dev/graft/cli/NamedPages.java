package dev.graft.cli;

import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Pages as they are named on a command line: {@code 1-100,250,300-310}. */
final class NamedPages {
  /** How they are written. */
  static final String HELP = "pages such as 1-100,250";

  private NamedPages() {}

  /** Reads a list of numbers and ranges, in any order. */
  static PageSet parse(String text) {
    List<long[]> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] ends = part.strip().split("-", -1);
      try {
        long first = Long.parseLong(ends[0].strip());
        long last = ends.length == 1 ? first : Long.parseLong(ends[1].strip());
        if (ends.length > 2 || first < 1 || last < first || last > PageIdx.MAX_VALUE) {
          throw wrong(text);
        }
        ranges.add(new long[] {first, last});
      } catch (NumberFormatException e) {
        throw wrong(text);
      }
    }
    ranges.sort(Comparator.comparingLong(range -> range[0]));
    PageSet.Builder pages = PageSet.builder();
    long added = 0;
    for (long[] range : ranges) {
      long first = Math.max(added + 1, range[0]);
      if (first <= range[1]) {
        pages.addRange(first, range[1]);
        added = range[1];
      }
    }
    return pages.build();
  }

  private static Failure wrong(String text) {
    return Failure.usage("'" + text + "' names no pages: write " + HELP);
  }
}
