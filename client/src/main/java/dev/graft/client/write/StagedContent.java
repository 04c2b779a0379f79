package dev.graft.client.write;

import dev.graft.protocol.frame.FramePacker;
import dev.graft.protocol.log.ContentDigest;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * What is to be written of staged pages: those that are not zeros, in frames. For one thread.
 *
 * @param pages all staged pages
 * @param pageSize of them
 * @param zeros those that hold nothing but zeros: they take no room
 */
public record StagedContent(StagedPages pages, PageSize pageSize, PageSet zeros) {
  /** Looks through the staged pages. */
  public static StagedContent of(StagedPages pages, PageSize pageSize) {
    PageSet.Builder zeros = PageSet.builder();
    byte[] page = new byte[pageSize.bytes()];
    byte[] blank = new byte[pageSize.bytes()];
    MemorySegment target = MemorySegment.ofArray(page);
    for (long idx : pages.ascending()) {
      pages.read(idx, 0, target, 0, page.length);
      if (Arrays.equals(page, blank)) {
        zeros.add(idx);
      }
    }
    return new StagedContent(pages, pageSize, zeros.build());
  }

  /**
   * Groups the pages into frames and digests them on the way.
   *
   * @param hotPages which get frames of their own
   * @param digest takes every page
   * @param frames takes the frames
   */
  public void pack(LongPredicate hotPages, ContentDigest digest, FramePacker.Sink frames) {
    var grouped = new FramePacker(pageSize, frames);
    byte[] page = new byte[pageSize.bytes()];
    MemorySegment target = MemorySegment.ofArray(page);
    for (long idx : pages.ascending()) {
      if (!zeros.contains(idx)) {
        pages.read(idx, 0, target, 0, page.length);
        digest.page(new PageIdx(idx), page, 0, page.length);
        grouped.add(idx, hotPages.test(idx), page, 0);
      }
    }
    grouped.flush();
  }
}
