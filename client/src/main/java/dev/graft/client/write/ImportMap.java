package dev.graft.client.write;

import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The map of an import as it grows: hot frames of all windows first, then windows one after the
 * other. A window that is done is kept in its encoded form only, about 10 KB for 65,536 pages.
 */
final class ImportMap {
  private final SortedMap<Integer, Leaf.Builder> open = new TreeMap<>();
  private final SortedMap<Integer, byte[]> done = new TreeMap<>();
  private final List<HotRange> hot = new ArrayList<>();
  private long hotBytes;
  private boolean hotListFull;

  /** Names a frame of hot pages; frames come most useful first. */
  void addHot(FrameRef ref, PageRuns pages) {
    add(ref, true, pages);
    hotListFull = hotListFull || !list(ref);
  }

  private boolean list(FrameRef ref) {
    int length = ref.lengthBytes();
    if (hotBytes + length > HotRange.MAX_TOTAL_BYTES) {
      return false;
    }
    HotRange last = hot.isEmpty() ? null : hot.getLast();
    if (last != null && last.owner().equals(ref.owner()) && last.endBytes() == ref.offsetBytes()) {
      hot.set(
          hot.size() - 1,
          new HotRange(last.owner(), last.offsetBytes(), last.lengthBytes() + length));
    } else if (hot.size() < HotRange.MAX_RANGES) {
      hot.add(HotRange.of(ref));
    } else {
      return false;
    }
    hotBytes += length;
    return true;
  }

  /** Names a frame of other pages; windows come in ascending order. */
  void addCold(FrameRef ref, PageRuns pages) {
    int window = Leaf.windowOf(pages.first());
    finishBefore(window);
    add(ref, false, pages);
  }

  private void add(FrameRef ref, boolean isHot, PageRuns pages) {
    pages.forEachRun((first, count) -> {
      long last = first + count - 1;
      for (int window = Leaf.windowOf(first); window <= Leaf.windowOf(last); window++) {
        open.computeIfAbsent(window, Leaf::builder).frame(ref, isHot).live(first, last);
      }
    });
  }

  private void finishBefore(int window) {
    var finished = open.headMap(window);
    finished.forEach((number, builder) -> done.put(number, builder.build().encode()));
    finished.clear();
  }

  /** The whole map, with leaves inline when they are small and else as frames of the sink. */
  Root finish(PageCount count, SegmentSink sink) {
    finishBefore(Integer.MAX_VALUE);
    int bytes = done.values().stream().mapToInt(leaf -> leaf.length).sum();
    boolean inline = bytes < RootPlace.Inline.MAX_BYTES / 2;
    TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
    done.forEach((window, encoded) ->
        windows.put(window, List.of(inline ? inline(encoded) : inFrame(encoded, sink))));
    done.clear();
    // The import replaces all that was: nothing older shows through.
    return new Root(count, PageCount.ZERO, windows, List.of(), hot);
  }

  private static LeafLayer inline(byte[] encoded) {
    return LeafLayer.inline(Leaf.decode(encoded));
  }

  private static LeafLayer inFrame(byte[] encoded, SegmentSink sink) {
    return LeafLayer.inFrame(LeafPlace.InFrame.of(sink.addMeta(FrameKind.LEAF, encoded), encoded));
  }
}
