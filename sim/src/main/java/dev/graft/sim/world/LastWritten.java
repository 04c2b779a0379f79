package dev.graft.sim.world;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/** A few pages that a session wrote locally last. */
final class LastWritten {
  private static final int REMEMBERED = 6;

  /** Newest first. */
  private final Deque<Long> pages = new ArrayDeque<>();

  /** These were written by one transaction. */
  void add(Collection<Long> written) {
    written.stream().limit(REMEMBERED).forEach(pages::addFirst);
    while (pages.size() > REMEMBERED) {
      pages.removeLast();
    }
  }

  List<Long> pages() {
    return List.copyOf(pages);
  }
}
