package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSet;

/**
 * What a segment's footer says of one frame.
 *
 * @param ref its place
 * @param kind what the content is
 * @param hot whether its pages are hot
 * @param rawBytes the length of the content
 * @param crc32c the frame's checksum, equal to its last four bytes
 * @param pages its pages; empty unless the kind is {@link FrameKind#PAGES}
 */
public record FooterEntry(
    FrameRef ref, FrameKind kind, boolean hot, int rawBytes, int crc32c, PageSet pages) {
  public FooterEntry {
    if (rawBytes < 1 || rawBytes > kind.maxRawBytes()) {
      throw new GraftException.Misuse(rawBytes + " bytes do not fit a frame of kind " + kind);
    }
    if (kind == FrameKind.PAGES
        ? pages.isEmpty() || pages.first() == 0 || pages.cardinality() > PageRuns.MAX_PAGES
        : !pages.isEmpty() || hot) {
      throw new GraftException.Misuse(
          "pages " + pages + " are not those of a frame of kind " + kind);
    }
  }
}
