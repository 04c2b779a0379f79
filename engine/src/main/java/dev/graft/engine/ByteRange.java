package dev.graft.engine;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run of neighbouring frames of one object: what one range read brings.
 *
 * @param owner the object
 * @param offsetBytes of the first frame
 * @param lengthBytes of all of them
 * @param frames in the order of their offsets
 */
record ByteRange(FrameOwner owner, long offsetBytes, int lengthBytes, List<FrameRef> frames) {
  /** No range is made longer by joining. */
  static final int MAX_JOINED_BYTES = 4 << 20;

  /** The fewest ranges that bring these frames and nothing else. */
  static List<ByteRange> join(Collection<FrameRef> frames) {
    Map<FrameOwner, List<FrameRef>> byOwner = new LinkedHashMap<>();
    for (FrameRef frame : frames) {
      byOwner.computeIfAbsent(frame.owner(), owner -> new ArrayList<>()).add(frame);
    }
    List<ByteRange> ranges = new ArrayList<>();
    for (List<FrameRef> ofOwner : byOwner.values()) {
      ofOwner.sort(Comparator.comparingLong(FrameRef::offsetBytes));
      joinOfOwner(ofOwner, ranges);
    }
    return ranges;
  }

  private static void joinOfOwner(List<FrameRef> sorted, List<ByteRange> out) {
    int start = 0;
    long end = 0;
    for (int i = 0; i < sorted.size(); i++) {
      FrameRef frame = sorted.get(i);
      long length = frame.offsetBytes() + frame.lengthBytes() - sorted.get(start).offsetBytes();
      if (i > start && (frame.offsetBytes() != end || length > MAX_JOINED_BYTES)) {
        out.add(of(sorted.subList(start, i)));
        start = i;
      }
      end = frame.offsetBytes() + frame.lengthBytes();
    }
    out.add(of(sorted.subList(start, sorted.size())));
  }

  private static ByteRange of(List<FrameRef> run) {
    FrameRef first = run.getFirst();
    FrameRef last = run.getLast();
    int length = Math.toIntExact(last.offsetBytes() + last.lengthBytes() - first.offsetBytes());
    return new ByteRange(first.owner(), first.offsetBytes(), length, List.copyOf(run));
  }
}
