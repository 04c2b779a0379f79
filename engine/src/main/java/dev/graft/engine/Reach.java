package dev.graft.engine;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which objects some maps name: every one of their leaves and branches is read. Memory grows with
 * the objects and stored leaves that are named, not with the pages. For one thread.
 */
final class Reach {
  /** So many stored leaves are read in one round and held at once. */
  private static final int LEAVES_AT_ONCE = 64;

  private final VolumeId volume;
  private final StoredMaps maps;
  private final Instant youngSince;
  private final Consumer<Leaf> watcher;
  private final Set<FrameOwner> named = new HashSet<>();
  private final Set<FrameRef> opened = new HashSet<>();
  private PageSet moved = PageSet.empty();

  /**
   * @param volume whose objects one asks about
   * @param youngSince segments made after this count as young
   */
  Reach(VolumeId volume, StoredMaps maps, Instant youngSince) {
    this(volume, maps, youngSince, leaf -> {});
  }

  /**
   * @param watcher is given every leaf, those that are stored once
   */
  Reach(VolumeId volume, StoredMaps maps, Instant youngSince, Consumer<Leaf> watcher) {
    this.volume = volume;
    this.maps = maps;
    this.youngSince = youngSince;
    this.watcher = watcher;
  }

  /** Takes in all that a map names. */
  void add(Root root) {
    add(root.windows().values());
    for (BranchPlace place : root.branches()) {
      named.add(place.ref().owner());
      if (opened.add(place.ref())) {
        Branch branch = maps.branch(place);
        add(branch.windows().values());
      }
    }
  }

  private void add(Collection<List<LeafLayer>> stacks) {
    List<LeafPlace.InFrame> unread = new ArrayList<>();
    for (List<LeafLayer> layers : stacks) {
      for (LeafLayer layer : layers) {
        switch (layer.place()) {
          case LeafPlace.Inline(Leaf leaf) -> add(leaf);
          case LeafPlace.InFrame place -> {
            named.add(place.ref().owner());
            if (opened.add(place.ref())) {
              unread.add(place);
            }
          }
        }
      }
    }
    for (int from = 0; from < unread.size(); from += LEAVES_AT_ONCE) {
      int to = Math.min(unread.size(), from + LEAVES_AT_ONCE);
      maps.leaves(unread.subList(from, to)).values().forEach(this::add);
    }
  }

  private void add(Leaf leaf) {
    watcher.accept(leaf);
    for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
      FrameOwner owner = leaf.frame(ordinal).owner();
      named.add(owner);
      if (isYoung(owner)) {
        moved = moved.union(leaf.live(ordinal));
      }
    }
  }

  private boolean isYoung(FrameOwner owner) {
    return owner instanceof FrameOwner.InSegment(VolumeId of, var segment)
        && of.equals(volume)
        && Instant.ofEpochMilli(segment.epochMillis()).isAfter(youngSince);
  }

  /** Takes in the segments that a commit says are its own. */
  void addSegments(SegmentTable segments) {
    switch (segments) {
      case SegmentTable.Inline(List<SegmentEntry> entries) ->
          entries.forEach(entry -> named.add(new FrameOwner.InSegment(volume, entry.id())));
      // What its map does not name of the others, nobody reads.
      case SegmentTable.External external -> named.add(external.table().owner());
    }
  }

  /** Whether a map names a frame of the object. */
  boolean names(FrameOwner owner) {
    return named.contains(owner);
  }

  /**
   * Pages that some map finds in a young segment of the volume: not long ago readers were told of
   * other places for them.
   */
  PageSet pagesInYoungSegments() {
    return moved;
  }
}
