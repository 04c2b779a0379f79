package dev.graft.client.write;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames of a transaction's pages: they stay together as long as they fit the commit itself,
 * and go into segments from the frame on that does not. One thread, one use.
 */
public final class CommitPacker implements AutoCloseable {
  private final PageSize pageSize;
  private final int maxInlineBytes;
  private final FrameOwner unstamped;
  private final FrameCache cache;
  private final Supplier<SegmentSink> sinks;
  private final FrameEncoder encoder = new FrameEncoder();
  private final RootBuilder map;

  private final List<byte[]> frames = new ArrayList<>();
  private final List<Boolean> hot = new ArrayList<>();
  private final List<WrittenFrame> written = new ArrayList<>();
  private int inlineBytes;
  private @Nullable SegmentSink sink;

  /**
   * Packs nothing yet.
   *
   * @param maxInlineBytes the most bytes of frames that travel in the commit
   * @param cache where pages go that have their place already
   * @param sinks gives the sink when one is needed
   */
  public CommitPacker(
      VolumeId volume,
      PageSize pageSize,
      PageCount count,
      PageCount smallest,
      int maxInlineBytes,
      FrameCache cache,
      Supplier<SegmentSink> sinks) {
    this.pageSize = pageSize;
    this.maxInlineBytes = maxInlineBytes;
    this.unstamped = new FrameOwner.InCommit(volume, Lsn.ZERO);
    this.cache = cache;
    this.sinks = sinks;
    this.map = Root.builder(count, smallest);
  }

  /** Takes one frame's worth of pages; the bytes are copied. */
  public void frame(boolean isHot, PageRuns pages, byte[] raw, int length) {
    if (sink != null) {
      toSegment(sink, isHot, pages, raw, length, null);
      return;
    }
    byte[] encoded =
        encoder.encodePages(unstamped, frames.size(), isHot, pageSize, pages, raw, 0, length);
    frames.add(encoded);
    hot.add(isHot);
    written.add(new WrittenFrame(pages, Arrays.copyOf(raw, length)));
    inlineBytes += encoded.length;
    if (inlineBytes > maxInlineBytes) {
      spill();
    }
  }

  private void spill() {
    SegmentSink opened = sinks.get();
    sink = opened;
    for (int i = 0; i < frames.size(); i++) {
      WrittenFrame frame = written.get(i);
      toSegment(opened, hot.get(i), frame.pages(), frame.raw(), frame.raw().length, frames.get(i));
    }
    frames.clear();
    written.clear();
  }

  private void toSegment(
      SegmentSink target,
      boolean isHot,
      PageRuns pages,
      byte[] raw,
      int length,
      byte @Nullable [] encoded) {
    FrameRef ref =
        encoded == null ? target.addPages(isHot, pages, raw, length) : target.addFrame(encoded);
    pages.forEachRun((first, count) -> map.addFrame(ref, isHot, first, first + count - 1));
    try {
      cache.put(FrameKey.of(ref), FrameKind.PAGES, isHot, pages, raw, 0, length);
    } catch (GraftException.Limit e) {
      // What does not fit here is fetched when it is read.
      return;
    }
  }

  /**
   * Takes a frame that is encoded already, for whatever owner: it goes into a segment, and so does
   * all the rest.
   *
   * @return its place
   */
  public FrameRef encodedFrame(boolean isHot, PageRuns pages, byte[] encoded) {
    if (sink == null) {
      spill();
    }
    FrameRef ref = Objects.requireNonNull(sink).addFrame(encoded);
    pages.forEachRun((first, count) -> map.addFrame(ref, isHot, first, first + count - 1));
    return ref;
  }

  /** What the commit writes; its segments are durable when this returns. */
  public CommitRequest.Content finish(PageSet cleared) {
    if (sink == null) {
      return new CommitRequest.Content.Inline(List.copyOf(frames), cleared);
    }
    map.clear(cleared);
    return new MapWriter(sink).finish(map.build());
  }

  /** The frames that travel in the commit, in order. */
  List<WrittenFrame> inline() {
    return List.copyOf(written);
  }

  @Override
  public void close() {
    encoder.close();
    if (sink != null) {
      sink.close();
    }
  }
}
