package dev.graft.client.write;

import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.remote.CommitRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Puts a commit's map where it fits: whole in the request when it is small, else its leaves,
 * branches and root as frames behind the pages.
 */
public final class MapWriter {
  private final SegmentSink sink;
  private final List<SegmentEntry> others;

  /** Writes into the sink's segments, behind all pages. */
  public MapWriter(SegmentSink sink) {
    this(sink, List.of());
  }

  /**
   * Writes into the sink's segments, behind all pages.
   *
   * @param others segments that the map names beside those of the sink
   */
  public MapWriter(SegmentSink sink, List<SegmentEntry> others) {
    this.sink = sink;
    this.others = List.copyOf(others);
  }

  /**
   * Writes what does not fit the request, ends the segments and waits until they are durable.
   *
   * @param root a map with its leaves inline, or in frames of the sink already
   */
  public CommitRequest.Content.Segments finish(Root root) {
    RootPlace place = place(root);
    SegmentTable table = table();
    return new CommitRequest.Content.Segments(place, table);
  }

  /** Writes a leaf as a frame. */
  public LeafLayer leaf(Leaf leaf) {
    byte[] encoded = leaf.encode();
    FrameRef ref = sink.addMeta(FrameKind.LEAF, encoded);
    return LeafLayer.inFrame(LeafPlace.InFrame.of(ref, encoded));
  }

  private RootPlace place(Root root) {
    if (root.windows().size() <= Root.MAX_WINDOWS
        && root.encode().length <= RootPlace.Inline.MAX_BYTES) {
      return new RootPlace.Inline(root);
    }
    Root outside = withLeavesInFrames(root);
    byte[] encoded = outside.encode();
    if (encoded.length <= RootPlace.Inline.MAX_BYTES) {
      return new RootPlace.Inline(outside);
    }
    FrameRef ref = sink.addMeta(FrameKind.ROOT, encoded);
    return new RootPlace.InFrame(ref, Hash.sha256(encoded));
  }

  private Root withLeavesInFrames(Root root) {
    TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
    root.windows()
        .forEach(
            (window, layers) -> windows.put(window, layers.stream().map(this::inFrame).toList()));
    return windows.size() <= Root.MAX_WINDOWS
        ? root.withWindows(windows, List.of())
        : root.withWindows(new TreeMap<>(), branches(windows));
  }

  private LeafLayer inFrame(LeafLayer layer) {
    return switch (layer.place()) {
      case LeafPlace.Inline(Leaf leaf) -> leaf(leaf);
      case LeafPlace.InFrame place -> layer;
    };
  }

  private List<BranchPlace> branches(SortedMap<Integer, List<LeafLayer>> windows) {
    List<BranchPlace> places = new ArrayList<>();
    for (int number = 0; number <= Branch.MAX_NUMBER; number++) {
      int first = number * Branch.WINDOWS;
      SortedMap<Integer, List<LeafLayer>> covered = windows.subMap(first, first + Branch.WINDOWS);
      if (!covered.isEmpty()) {
        Branch branch = new Branch(number, covered);
        byte[] encoded = branch.encode();
        places.add(BranchPlace.of(sink.addMeta(FrameKind.BRANCH, encoded), branch, encoded));
      }
    }
    return places;
  }

  private SegmentTable table() {
    if (sink.isEmpty() && others.size() <= SegmentTable.MAX_INLINE) {
      return new SegmentTable.Inline(others);
    }
    if (others.size() + sink.segments() <= SegmentTable.MAX_INLINE) {
      return new SegmentTable.Inline(withOthers(sink.finish()));
    }
    List<SegmentEntry> before = withOthers(sink.beforeLast(0));
    // Room is made first: the table must list every segment but the one that it lies in.
    before = withOthers(sink.beforeLast(SegmentTable.encodeContent(before).length + 64));
    byte[] content = SegmentTable.encodeContent(before);
    FrameRef frame = sink.addMeta(FrameKind.SEGMENT_TABLE, content);
    SegmentEntry last = sink.finish().getLast();
    return new SegmentTable.External(last, frame, Hash.sha256(content));
  }

  private List<SegmentEntry> withOthers(List<SegmentEntry> own) {
    List<SegmentEntry> all = new ArrayList<>(others);
    all.addAll(own);
    return all;
  }
}
