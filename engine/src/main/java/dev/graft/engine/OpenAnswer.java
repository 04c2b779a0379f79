package dev.graft.engine;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.ObjectNames;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.PageLookup;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.remote.Graft;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What an open brings beyond other answers: leaves that lie in frames, as far as they fit, page 1's
 * first; the frame of page 1, and then hot frames in list order (rule 5.4).
 */
final class OpenAnswer {
  /** The most bytes of frames that travel with an open. */
  static final int MAX_CARRIED_BYTES = 64 * 1024;

  /**
   * Leaves are taken in up to this size, a little below what may lie in an answer: folded leaves
   * may grow by a few bytes.
   */
  private static final int MAX_LEAF_BYTES = MapFitter.MAX_INLINE_BYTES - 2 * 1024;

  private static final int MAX_LEAF_READS = 3;

  private final StoredMaps maps;
  private final FrameReader frames;

  OpenAnswer(StoredMaps maps, FrameReader frames) {
    this.maps = maps;
    this.frames = frames;
  }

  /** The same map with as many of its leaves right here as fit. */
  Root withLeaves(Root root, int maxReads) {
    int left = MAX_LEAF_BYTES;
    for (List<LeafLayer> layers : root.windows().values()) {
      for (LeafLayer layer : layers) {
        left -= MapFitter.inlineBytes(layer);
      }
    }
    Set<Integer> chosen = new HashSet<>();
    List<LeafPlace.InFrame> places = new ArrayList<>();
    for (var window : root.windows().entrySet()) {
      List<LeafPlace.InFrame> ofWindow = StoredMaps.inFrames(window.getValue());
      int bytes = ofWindow.stream().mapToInt(LeafPlace.InFrame::encodedBytes).sum();
      List<LeafPlace.InFrame> more = new ArrayList<>(places);
      more.addAll(ofWindow);
      boolean fits = bytes <= left && maps.readsFor(more) <= Math.min(MAX_LEAF_READS, maxReads);
      if (!fits) {
        break;
      }
      if (!ofWindow.isEmpty()) {
        left -= bytes;
        places = more;
        chosen.add(window.getKey());
      }
    }
    return chosen.isEmpty() ? root : maps.folded(root, chosen::contains);
  }

  /** The frames that travel with the answer, byte for byte: page 1's whatever its length. */
  List<Graft.CarriedFrame> frames(Root root, int maxReads) {
    List<FrameRef> chosen = new ArrayList<>();
    int bytes = 0;
    for (FrameRef frame : worth(root)) {
      bytes += frame.lengthBytes();
      chosen.add(frame);
      boolean over = bytes > MAX_CARRIED_BYTES || ByteRange.join(chosen).size() > maxReads;
      if (over && chosen.size() > 1) {
        chosen.removeLast();
        break;
      }
    }
    Map<FrameRef, byte[]> read = frames.read(chosen);
    List<Graft.CarriedFrame> carried = new ArrayList<>();
    for (FrameRef frame : chosen) {
      byte[] whole = Objects.requireNonNull(read.get(frame));
      Frame.header(ObjectNames.of(frame.owner()), whole, 0, whole.length);
      carried.add(new Graft.CarriedFrame(frame, whole));
    }
    return carried;
  }

  /**
   * Page 1's frame, also when its leaf is too large to come along; then the hot frames that leaves
   * at hand name, in the order of the hot list.
   */
  private Set<FrameRef> worth(Root root) {
    Set<FrameRef> first = new LinkedHashSet<>();
    if (Maps.find(root, PageIdx.FIRST.value(), maps)
        instanceof PageLookup.Found(FrameRef frame, boolean isHot)) {
      first.add(frame);
    }
    List<FrameRef> hot = new ArrayList<>();
    for (List<LeafLayer> layers : root.windows().values()) {
      if (layers.getFirst().place() instanceof LeafPlace.Inline(Leaf leaf)) {
        for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
          if (leaf.hot(ordinal)) {
            hot.add(leaf.frame(ordinal));
          }
        }
      }
    }
    hot.removeIf(frame -> place(root.hot(), frame) < 0);
    hot.sort(
        Comparator.comparingInt((FrameRef frame) -> place(root.hot(), frame))
            .thenComparingLong(FrameRef::offsetBytes));
    first.addAll(hot);
    return first;
  }

  private static int place(List<HotRange> ranges, FrameRef frame) {
    for (int i = 0; i < ranges.size(); i++) {
      HotRange range = ranges.get(i);
      if (range.owner().equals(frame.owner())
          && range.offsetBytes() <= frame.offsetBytes()
          && frame.offsetBytes() + frame.lengthBytes() <= range.endBytes()) {
        return i;
      }
    }
    return -1;
  }
}
