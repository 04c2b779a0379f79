package dev.graft.protocol.map;

import dev.graft.protocol.frame.FrameRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects hot ranges in order of worth, joins neighbours and keeps to the limits. */
final class HotRanges {
  private final List<HotRange> ranges = new ArrayList<>();
  private long totalBytes;

  /**
   * Takes a range, unless it does not fit any more; a later, smaller one may. A neighbour of a
   * range that is there already takes that one's place in the order.
   */
  void add(HotRange range) {
    long firstByte = range.offsetBytes();
    long endByte = range.endBytes();
    long joinedBytes = 0;
    int place = ranges.size();
    for (int i = ranges.size() - 1; i >= 0; i--) {
      HotRange other = ranges.get(i);
      if (other.meets(range)) {
        firstByte = Math.min(firstByte, other.offsetBytes());
        endByte = Math.max(endByte, other.endBytes());
        joinedBytes += other.lengthBytes();
        place = i;
      }
    }
    long total = totalBytes - joinedBytes + endByte - firstByte;
    if (total > HotRange.MAX_TOTAL_BYTES
        || (place == ranges.size() && place == HotRange.MAX_RANGES)) {
      return;
    }
    if (place == ranges.size()) {
      ranges.add(range);
    } else {
      ranges.subList(place + 1, ranges.size()).removeIf(other -> other.meets(range));
      ranges.set(place, new HotRange(range.owner(), firstByte, (int) (endByte - firstByte)));
    }
    totalBytes = total;
  }

  List<HotRange> list() {
    return List.copyOf(ranges);
  }

  /** Newer ranges, then older ones; page 1's first. */
  static List<HotRange> merge(List<HotRange> newer, List<HotRange> older, PageOne pageOne) {
    if (older.isEmpty() && pageOne != PageOne.OLDER) {
      return newer;
    }
    HotRanges out = new HotRanges();
    if (pageOne == PageOne.OLDER && !older.isEmpty()) {
      out.add(older.getFirst());
    }
    newer.forEach(out::add);
    older.forEach(out::add);
    return out.list();
  }

  /** Which of two lists begins with the range of page 1 as it is now. */
  enum PageOne {
    NEWER,
    OLDER
  }

  /** The ranges of the hot frames of some leaves, page 1's first. */
  static List<HotRange> of(Iterable<Leaf> leaves) {
    HotRanges out = new HotRanges();
    FrameRef pageOne = hotPageOne(leaves);
    if (pageOne != null) {
      out.add(HotRange.of(pageOne));
    }
    for (Leaf leaf : leaves) {
      for (int i = 0; i < leaf.frameCount(); i++) {
        if (leaf.hot(i)) {
          out.add(HotRange.of(leaf.frame(i)));
        }
      }
    }
    return out.list();
  }

  private static @Nullable FrameRef hotPageOne(Iterable<Leaf> leaves) {
    for (Leaf leaf : leaves) {
      int ordinal = leaf.find(1);
      if (ordinal != Leaf.ABSENT) {
        return ordinal >= 0 && leaf.hot(ordinal) ? leaf.frame(ordinal) : null;
      }
    }
    return null;
  }
}
