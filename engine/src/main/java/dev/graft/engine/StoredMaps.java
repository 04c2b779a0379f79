package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.LayeredLeaf;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.LeafSource;
import dev.graft.protocol.map.Root;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The leaves and branches that lie in frames of segments: read, proved, and a few kept. */
final class StoredMaps implements LeafSource {
  private static final long KEPT_BYTES = 8 << 20;

  private final FrameReader frames;
  private final BoundedCache<LeafPlace.InFrame, Kept> kept =
      new BoundedCache<>(KEPT_BYTES, leaf -> leaf.weight);

  private record Kept(Leaf leaf, int weight) {}

  StoredMaps(FrameReader frames) {
    this.frames = frames;
  }

  /** The leaf at each place; all in one round, neighbours in one read. */
  Map<LeafPlace.InFrame, Leaf> leaves(Collection<LeafPlace.InFrame> places) {
    Map<LeafPlace.InFrame, Leaf> leaves = new HashMap<>();
    Set<FrameRef> unread = unread(places);
    Map<FrameRef, byte[]> bytes = frames.read(unread);
    for (LeafPlace.InFrame place : places) {
      Kept known = kept.get(place);
      leaves.put(place, known != null ? known.leaf : opened(place, bytes.get(place.ref())));
    }
    return leaves;
  }

  /** How many reads {@link #leaves} would make. */
  int readsFor(Collection<LeafPlace.InFrame> places) {
    return ByteRange.join(unread(places)).size();
  }

  private Set<FrameRef> unread(Collection<LeafPlace.InFrame> places) {
    Set<FrameRef> unread = new LinkedHashSet<>();
    for (LeafPlace.InFrame place : places) {
      if (kept.get(place) == null) {
        unread.add(place.ref());
      }
    }
    return unread;
  }

  private Leaf opened(LeafPlace.InFrame place, byte @Nullable [] bytes) {
    byte[] content = content(place.ref(), bytes == null ? one(place.ref()) : bytes, FrameKind.LEAF);
    Leaf leaf = place.open(content);
    kept.put(place, new Kept(leaf, content.length));
    return leaf;
  }

  @Override
  public Leaf leaf(LeafPlace.InFrame place) {
    Kept known = kept.get(place);
    return known != null ? known.leaf : opened(place, null);
  }

  @Override
  public Branch branch(BranchPlace place) {
    return place.open(content(place.ref(), one(place.ref()), FrameKind.BRANCH));
  }

  /**
   * The content of a frame that holds a part of a map.
   *
   * @throws GraftException.Corrupt when it is not that frame or not of that kind
   */
  byte[] content(FrameRef ref, FrameKind kind) {
    return content(ref, one(ref), kind);
  }

  static byte[] content(FrameRef ref, byte[] bytes, FrameKind kind) {
    Frame frame = Frame.decode(bytes, 0, bytes.length, ref);
    if (frame.header().kind() != kind) {
      throw new GraftException.Corrupt(
          Keys.of(ref.owner())
              + " is damaged at byte "
              + ref.offsetBytes()
              + ": a frame of kind "
              + frame.header().kind()
              + " lies where the map names one of kind "
              + kind);
    }
    return frame.content();
  }

  private byte[] one(FrameRef ref) {
    byte[] bytes = frames.read(List.of(ref)).get(ref);
    return Objects.requireNonNull(bytes);
  }

  /** The same map with some windows' stacks folded into one inline leaf each. One round. */
  Root folded(Root root, IntPredicate whichWindows) {
    List<LeafPlace.InFrame> places = new ArrayList<>();
    root.windows()
        .forEach((window, layers) -> {
          if (whichWindows.test(window)) {
            places.addAll(inFrames(layers));
          }
        });
    Map<LeafPlace.InFrame, Leaf> leaves = leaves(places);
    SortedMap<Integer, List<LeafLayer>> windows = new TreeMap<>(root.windows());
    root.windows()
        .forEach((window, layers) -> {
          if (whichWindows.test(window)) {
            windows.put(window, List.of(folded(layers, leaves)));
          }
        });
    return root.withWindows(windows, root.branches());
  }

  private static LeafLayer folded(List<LeafLayer> layers, Map<LeafPlace.InFrame, Leaf> leaves) {
    List<LayeredLeaf> stack = new ArrayList<>();
    for (LeafLayer layer : layers) {
      Leaf leaf =
          switch (layer.place()) {
            case LeafPlace.Inline(Leaf here) -> here;
            case LeafPlace.InFrame place ->
                Objects.requireNonNull(leaves.get(place), "leaf was read");
          };
      stack.add(new LayeredLeaf(leaf, layer.ceiling()));
    }
    return new LeafLayer(new LeafPlace.Inline(Leaf.fold(stack)), layers.getFirst().ceiling());
  }

  /** Those leaves of a stack that lie in frames. */
  static List<LeafPlace.InFrame> inFrames(List<LeafLayer> layers) {
    List<LeafPlace.InFrame> places = new ArrayList<>();
    for (LeafLayer layer : layers) {
      if (layer.place() instanceof LeafPlace.InFrame place) {
        places.add(place);
      }
    }
    return places;
  }
}
