package dev.graft.client.local;

import dev.graft.client.cache.CachedFrame;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.client.write.CommitPacker;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameHeader;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FramePacker;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts the newest version of each page of some local commits into one commit: whole large frames as
 * they are, the pages of all others in new frames. One thread, one use.
 */
public final class PushPacker {
  /** Frames of at least this many raw bytes that are live as a whole are not made anew. */
  static final int WHOLE_FRAME_BYTES = 64 * 1024;

  private final PageSize pageSize;
  private final LocalFrames frames;
  private final FrameCache cache;

  /** Of pages that lie in these frames. */
  public PushPacker(PageSize pageSize, LocalFrames frames, FrameCache cache) {
    this.pageSize = pageSize;
    this.frames = frames;
    this.cache = cache;
  }

  /** Where a page that goes into a new frame lies now. */
  private record Piece(FrameRef ref, boolean hot) {}

  /**
   * Packs.
   *
   * @param sum the map of all of them together, with its leaves inline
   * @param packer of a commit with the sum's counts
   */
  public CommitRequest.Content pack(Root sum, CommitPacker packer) {
    TreeMap<Long, Piece> pieces = new TreeMap<>();
    PageSet cleared = PageSet.empty();
    try (LocalPages pages = new LocalPages(frames)) {
      for (List<LeafLayer> layers : sum.windows().values()) {
        for (LeafLayer layer : layers) {
          if (layer.place() instanceof LeafPlace.Inline(Leaf leaf)) {
            leaf(leaf, pages, packer, pieces);
            cleared = cleared.union(leaf.cleared());
          }
        }
      }
      regroup(pieces, pages, packer);
    }
    return packer.finish(cleared.cut(sum.smallest().value()));
  }

  private void leaf(Leaf leaf, LocalPages pages, CommitPacker packer, Map<Long, Piece> pieces) {
    for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
      FrameRef ref = leaf.frame(ordinal);
      int live = leaf.livePages(ordinal);
      if ((long) live * pageSize.bytes() >= WHOLE_FRAME_BYTES && copied(ref, live, pages, packer)) {
        continue;
      }
      Piece piece = new Piece(ref, leaf.hot(ordinal));
      leaf.live(ordinal).forEach(idx -> pieces.put(idx, piece));
    }
  }

  /** Takes a frame as it is when all its pages are live. */
  private boolean copied(FrameRef ref, int live, LocalPages pages, CommitPacker packer) {
    byte[] encoded = pages.encoded(ref);
    FrameHeader header =
        Frame.header("frame " + ref.number() + " of " + ref.owner(), encoded, 0, encoded.length);
    if (header.pages().count() != live) {
      return false;
    }
    // Proved before it leaves: what is damaged here must not come to the store.
    Frame frame = pages.frame(ref);
    FrameRef place = packer.encodedFrame(header.hot(), header.pages(), encoded);
    CachedFrame here = cache.get(FrameKey.of(ref));
    if (here != null) {
      keep(place, frame);
    }
    return true;
  }

  private void keep(FrameRef place, Frame frame) {
    byte[] content = frame.content();
    try {
      cache.put(
          FrameKey.of(place), FrameKind.PAGES, frame.header().pages(), content, 0, content.length);
    } catch (GraftException.Limit e) {
      // It is fetched when it is read.
      return;
    }
  }

  private void regroup(TreeMap<Long, Piece> pieces, LocalPages pages, CommitPacker packer) {
    var grouped = new FramePacker(pageSize, packer::frame);
    pieces.forEach((idx, piece) -> {
      Frame frame = pages.frame(piece.ref());
      grouped.add(idx, piece.hot(), frame.content(), frame.pageOffset(idx));
    });
    grouped.flush();
  }
}
