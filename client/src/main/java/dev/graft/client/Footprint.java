package dev.graft.client;

import dev.graft.client.local.LocalCommit;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;

/**
 * What a transaction depends on and changes: it may go on top of others' work when these changed
 * nothing of it. The page count is part of what every transaction has read.
 *
 * @param before page count of what it read
 * @param reads pages that it read
 * @param writes pages that it wrote, made zeros or cut off
 */
record Footprint(PageCount before, PageSet reads, PageSet writes) {
  static Footprint of(PageCount before, PageCount smallest, PageSet reads, PageSet written) {
    PageSet cut =
        smallest.compareTo(before) < 0
            ? PageSet.ofRange(smallest.value() + 1, before.value())
            : PageSet.empty();
    return new Footprint(before, reads, written.union(cut));
  }

  static Footprint of(LocalCommit commit) {
    LocalCommit.Work work = commit.work();
    PageSet written = Deltas.written(commit);
    return of(work.before(), work.smallest(), work.readSet(), written);
  }

  /** Whether it stands as it is after changes that led to that page count. */
  boolean isUntouchedBy(PageSet changed, PageCount count) {
    return count.equals(before)
        && reads.intersection(changed).isEmpty()
        && writes.intersection(changed).isEmpty();
  }

  /** The pages that both have to do with. */
  PageSet meets(PageSet changed) {
    return reads.union(writes).intersection(changed);
  }
}
