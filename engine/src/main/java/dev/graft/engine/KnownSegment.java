package dev.graft.engine;

import dev.graft.protocol.frame.FooterEntry;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.SegmentFooter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What an engine keeps of a segment that it has proved, so that a commit which names it can be
 * proved without a read.
 *
 * @param lengthBytes of the whole segment
 * @param footer the proved footer
 * @param maps the bytes of its frames that hold no pages but parts of a map, as far as they were at
 *     hand
 */
record KnownSegment(int lengthBytes, SegmentFooter footer, Map<FrameRef, byte[]> maps) {
  /** About what one entry of a footer takes in memory. */
  private static final int ENTRY_WEIGHT = 256;

  /** What is kept of a whole segment. */
  static KnownSegment of(SegmentFooter footer, byte[] whole) {
    Map<FrameRef, byte[]> maps = new HashMap<>();
    for (FooterEntry entry : footer.entries()) {
      if (entry.kind() != FrameKind.PAGES) {
        int from = (int) entry.ref().offsetBytes();
        byte[] frame = Arrays.copyOfRange(whole, from, from + entry.ref().lengthBytes());
        maps.put(entry.ref(), frame);
      }
    }
    return new KnownSegment(whole.length, footer, maps);
  }

  /** About how many bytes of memory it takes. */
  int weight() {
    int weight = ENTRY_WEIGHT * (1 + footer.entries().size());
    for (byte[] frame : maps.values()) {
      weight += frame.length;
    }
    return weight;
  }
}
