package dev.graft.engine;

import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Brings a map into a form that may be stored or sent: no stack above 4 leaves, up to 64 KiB of
 * leaves right here (page 1's window first), the others as frames of a new segment, and branches
 * where there are more than 1,024 windows (rule 4.6).
 */
final class MapFitter {
  /** The most bytes of leaves that lie in an answer, a rollup or a checkpoint itself. */
  static final int MAX_INLINE_BYTES = 64 * 1024;

  private final StoredMaps maps;

  MapFitter(StoredMaps maps) {
    this.maps = maps;
  }

  /** The same map, fit; what does not fit goes into the segment. */
  Root fit(Root root, NewSegment segment) {
    Root fit = maps.folded(root, root::needsFold);
    if (fit.windows().size() > Root.MAX_WINDOWS) {
      return branched(fit, segment);
    }
    SortedMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
    int left = MAX_INLINE_BYTES;
    for (var entry : fit.windows().entrySet()) {
      List<LeafLayer> layers = new ArrayList<>();
      for (LeafLayer layer : entry.getValue()) {
        int bytes = inlineBytes(layer);
        layers.add(bytes > left ? moved(layer, segment) : layer);
        left -= bytes > left ? 0 : bytes;
      }
      windows.put(entry.getKey(), layers);
    }
    return fit.withWindows(windows, fit.branches());
  }

  /** All windows but the first go into branches, over what the branches say already. */
  private Root branched(Root root, NewSegment segment) {
    Root open = root;
    for (BranchPlace place : root.branches()) {
      int first = place.number() * Branch.WINDOWS;
      if (!root.windows().subMap(first, first + Branch.WINDOWS).isEmpty()) {
        open = open.expand(maps.branch(place));
      }
    }
    open = maps.folded(open, open::needsFold);
    List<BranchPlace> branches = new ArrayList<>(open.branches());
    SortedMap<Integer, List<LeafLayer>> direct = new TreeMap<>(open.windows().headMap(1));
    for (int number = 0; number <= Branch.MAX_NUMBER; number++) {
      int first = number * Branch.WINDOWS;
      SortedMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
      open.windows()
          .subMap(Math.max(1, first), first + Branch.WINDOWS)
          .forEach((window, layers) -> windows.put(window, allMoved(layers, segment)));
      if (!windows.isEmpty()) {
        Branch branch = new Branch(number, windows);
        byte[] encoded = branch.encode();
        branches.add(BranchPlace.of(segment.addMap(FrameKind.BRANCH, encoded), branch, encoded));
      }
    }
    branches.sort(Comparator.comparingInt(BranchPlace::number));
    return fit(open.withWindows(direct, branches), segment);
  }

  private static List<LeafLayer> allMoved(List<LeafLayer> layers, NewSegment segment) {
    List<LeafLayer> moved = new ArrayList<>();
    for (LeafLayer layer : layers) {
      moved.add(inlineBytes(layer) > 0 ? moved(layer, segment) : layer);
    }
    return moved;
  }

  private static LeafLayer moved(LeafLayer layer, NewSegment segment) {
    if (!(layer.place() instanceof LeafPlace.Inline(Leaf leaf))) {
      return layer;
    }
    byte[] encoded = leaf.encode();
    LeafPlace.InFrame place =
        LeafPlace.InFrame.of(segment.addMap(FrameKind.LEAF, encoded), encoded);
    return new LeafLayer(place, layer.ceiling());
  }

  /** How many bytes a layer takes where it stands; 0 for one that lies in a frame. */
  static int inlineBytes(LeafLayer layer) {
    return layer.place() instanceof LeafPlace.Inline(Leaf leaf) ? leaf.encode().length : 0;
  }
}
