package dev.graft.client.fetch;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts frames that lie close together into one range read. */
final class RangeJoin {
  /** Bytes nobody asked for that are read along rather than paid for with another request. */
  static final int MAX_GAP_BYTES = 16 * 1024;

  private RangeJoin() {}

  /**
   * Groups frames, each group of one owner, ascending, at most that many bytes from its first to
   * its last byte. Groups keep the order in which their owners came.
   */
  static List<List<FrameRef>> join(List<FrameRef> frames, int maxBytes) {
    if (frames.size() == 1) {
      return List.of(frames);
    }
    Map<FrameOwner, List<FrameRef>> byOwner = new LinkedHashMap<>();
    for (FrameRef frame : frames) {
      byOwner.computeIfAbsent(frame.owner(), key -> new ArrayList<>()).add(frame);
    }
    List<List<FrameRef>> groups = new ArrayList<>();
    for (List<FrameRef> ofOwner : byOwner.values()) {
      ofOwner.sort(Comparator.comparingLong(FrameRef::offsetBytes));
      List<FrameRef> group = new ArrayList<>();
      for (FrameRef frame : ofOwner) {
        if (!group.isEmpty() && !fits(group, frame, maxBytes)) {
          groups.add(group);
          group = new ArrayList<>();
        }
        group.add(frame);
      }
      groups.add(group);
    }
    return groups;
  }

  private static boolean fits(List<FrameRef> group, FrameRef frame, int maxBytes) {
    long end = end(group.getLast());
    return frame.offsetBytes() - end <= MAX_GAP_BYTES
        && end(frame) - group.getFirst().offsetBytes() <= maxBytes;
  }

  static long end(FrameRef frame) {
    return frame.offsetBytes() + frame.lengthBytes();
  }
}
