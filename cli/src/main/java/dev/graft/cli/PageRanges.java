package dev.graft.cli;

import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.List;

/** Sets of pages as people and programs read them. */
final class PageRanges {
  private PageRanges() {}

  /** For example {@code 1-3, 7}. */
  static String text(PageSet pages) {
    List<String> ranges = new ArrayList<>();
    pages.forEachRange(
        (first, last) -> ranges.add(first == last ? "" + first : first + "-" + last));
    return ranges.isEmpty() ? "none" : String.join(", ", ranges);
  }

  /** For example {@code [[1,3],[7,7]]}. */
  static List<Object> pairs(PageSet pages) {
    List<Object> ranges = new ArrayList<>();
    pages.forEachRange((first, last) -> ranges.add(List.of(first, last)));
    return ranges;
  }
}
