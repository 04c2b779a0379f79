package dev.graft.client.view;

import dev.graft.client.cache.CachedFrame;
import dev.graft.client.cache.FrameKey;
import dev.graft.client.fetch.Fetcher;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.LeafSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decoded leaves and branches that lie in frames, the least recently used forgotten first. Safe for
 * use by many threads.
 */
public final class LeafShelf implements LeafSource {
  /** The most leaves kept for those who do not hold them already. */
  private static final int MAX_LEAVES = 512;

  /** The most branches kept: each is at most 1 MiB encoded. */
  private static final int MAX_BRANCHES = 4;

  /** Times that a frame may be given up between its fetch and its use. */
  private static final int MAX_EVICTIONS = 32;

  private final Fetcher fetcher;
  private final Recent<LoadedLeaf> leaves = new Recent<>(MAX_LEAVES);
  private final Recent<Branch> branches = new Recent<>(MAX_BRANCHES);

  /** Fetches what it does not have. */
  public LeafShelf(Fetcher fetcher) {
    this.fetcher = fetcher;
  }

  /** The leaf, without any fetch but from the cache of frames; null when it is not here. */
  @Nullable LoadedLeaf atHand(LeafPlace.InFrame place) {
    return leaves.get(FrameKey.of(place.ref()));
  }

  /** Whether the leaf can be had without a fetch. */
  boolean isHere(LeafPlace.InFrame place) {
    return atHand(place) != null || fetcher.isHere(place.ref());
  }

  /**
   * Brings all those leaves that are not at hand, neighbours by one read; false when one is gone.
   */
  boolean bring(List<LeafPlace.InFrame> places) {
    List<FrameRef> absent = new ArrayList<>();
    for (LeafPlace.InFrame place : places) {
      if (atHand(place) == null) {
        absent.add(place.ref());
      }
    }
    return absent.isEmpty() || fetcher.frames(absent);
  }

  /** Orders leaves that are sure to be needed; does not wait. */
  void order(List<LeafPlace.InFrame> places) {
    fetcher.later(places.stream().map(LeafPlace.InFrame::ref).toList());
  }

  /** The leaf; null when its object is gone. */
  @Nullable LoadedLeaf load(LeafPlace.InFrame place) {
    FrameKey key = FrameKey.of(place.ref());
    LoadedLeaf known = leaves.get(key);
    if (known != null) {
      return known;
    }
    byte[] content = content(place.ref());
    return content == null ? null : leaves.keep(key, () -> new LoadedLeaf(place.open(content)));
  }

  /** The branch; null when its object is gone. */
  @Nullable Branch load(BranchPlace place) {
    FrameKey key = FrameKey.of(place.ref());
    Branch known = branches.get(key);
    if (known != null) {
      return known;
    }
    byte[] content = content(place.ref());
    return content == null ? null : branches.keep(key, () -> place.open(content));
  }

  /** What the frame holds; null when its object is gone. */
  private byte @Nullable [] content(FrameRef ref) {
    for (int tries = 0; tries < MAX_EVICTIONS; tries++) {
      CachedFrame frame = fetcher.frame(ref);
      if (frame == null) {
        return null;
      }
      byte[] content = frame.content();
      if (content != null) {
        return content;
      }
    }
    throw new GraftException.Unavailable(
        "a part of the map was evicted as often as it was fetched; give the cache more room");
  }

  @Override
  public Leaf leaf(LeafPlace.InFrame place) {
    LoadedLeaf leaf = load(place);
    if (leaf == null) {
      throw gone(place.ref());
    }
    return leaf.leaf();
  }

  @Override
  public Branch branch(BranchPlace place) {
    Branch branch = load(place);
    if (branch == null) {
      throw gone(place.ref());
    }
    return branch;
  }

  private static GraftException gone(FrameRef ref) {
    return new GraftException.Unavailable(
        "a part of the map lay in " + ref.owner() + ", which is gone; pull again");
  }

  /** A map that forgets. */
  private static final class Recent<T> {
    private final Map<FrameKey, T> entries;

    Recent(int max) {
      this.entries =
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<FrameKey, T> eldest) {
              return size() > max;
            }
          };
    }

    synchronized @Nullable T get(FrameKey key) {
      return entries.get(key);
    }

    /** Keeps what is made, unless another thread was faster. */
    T keep(FrameKey key, Supplier<T> make) {
      T made = make.get();
      synchronized (this) {
        T winner = entries.putIfAbsent(key, made);
        return winner == null ? made : winner;
      }
    }
  }
}
