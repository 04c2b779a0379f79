package dev.graft.client;

import dev.graft.protocol.page.PageSet;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the last moves changed, so that a transaction that began before them can be judged. One
 * thread at a time.
 */
final class PastMoves {
  /** A transaction that began before more moves than these is too old to be merged. */
  private static final int MAX_MOVES = 4096;

  private record Past(long before, PageSet pages) {}

  private final ArrayDeque<Past> moves = new ArrayDeque<>();

  /** A move away from a content. */
  void add(long generation, Changes changes) {
    if (changes.whole()) {
      moves.clear();
      return;
    }
    moves.add(new Past(generation, changes.pages()));
    if (moves.size() > MAX_MOVES) {
      moves.removeFirst();
    }
  }

  /** The newest move did not come about. */
  void takeBack() {
    moves.pollLast();
  }

  /** What went before does not matter any more: the history is another one. */
  void clear() {
    moves.clear();
  }

  /** All pages that changed since that content; null when it is not known. */
  @Nullable PageSet since(long generation) {
    PageSet pages = null;
    for (Past past : moves) {
      if (pages != null) {
        pages = pages.union(past.pages);
      } else if (past.before == generation) {
        pages = past.pages;
      }
    }
    return pages;
  }
}
