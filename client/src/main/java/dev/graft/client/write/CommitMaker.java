package dev.graft.client.write;

import dev.graft.client.cache.FrameCache;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.ContentDigest;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitRequest;
import java.time.Instant;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/** Makes a commit request of staged pages. */
public final class CommitMaker {
  private final VolumeId volume;
  private final PageSize pageSize;
  private final int maxInlineBytes;
  private final FrameCache cache;
  private final Supplier<SegmentSink> sinks;

  /**
   * For one volume.
   *
   * @param maxInlineBytes the most bytes of frames that travel in a commit itself
   * @param cache where written pages go as soon as they have their place
   * @param sinks gives a sink when pages do not fit the commit itself
   */
  public CommitMaker(
      VolumeId volume,
      PageSize pageSize,
      int maxInlineBytes,
      FrameCache cache,
      Supplier<SegmentSink> sinks) {
    this.volume = volume;
    this.pageSize = pageSize;
    this.maxInlineBytes = maxInlineBytes;
    this.cache = cache;
    this.sinks = sinks;
  }

  /**
   * What one transaction did.
   *
   * @param base what it read and goes on top of
   * @param count page count after it
   * @param smallest the smallest page count since its base
   * @param readSet the pages that it read
   */
  public record Work(Position base, PageCount count, PageCount smallest, PageSet readSet) {}

  /**
   * What it says about itself.
   *
   * @param key made once for it
   * @param localTime when it committed here
   * @param author at most 64 bytes
   * @param message at most 256 bytes
   * @param hotPages which written pages are read often
   */
  public record Label(
      IdempotencyKey key,
      Instant localTime,
      String author,
      String message,
      LongPredicate hotPages) {}

  /**
   * Packs the pages, brings segments to the remote if need be, and gives the request.
   *
   * @param pages ascending contents; a page of zeros takes no room
   */
  public Outgoing make(Work work, Label label, StagedPages pages) {
    StagedContent content = StagedContent.of(pages, pageSize);
    PageSet zeros = content.zeros();
    // Above the smallest count older parts are hidden: there zeros need not be said.
    PageSet cleared = zeros.cut(work.smallest().value());
    var digest =
        new ContentDigest(work.base(), work.count(), work.smallest(), null, work.readSet(), zeros);
    try (var packer =
        new CommitPacker(
            volume, pageSize, work.count(), work.smallest(), maxInlineBytes, cache, sinks)) {
      content.pack(label.hotPages(), digest, packer::frame);
      CommitRequest.Content packed = packer.finish(cleared);
      return new Outgoing(request(work, label, digest.finish(), packed), packer.inline());
    }
  }

  private CommitRequest request(
      Work work, Label label, Hash digest, CommitRequest.Content content) {
    var record =
        new TransactionRecord(
            label.key(), digest, label.localTime(), label.author(), label.message());
    return new CommitRequest(
        volume,
        work.base(),
        work.base().lsn(),
        work.count(),
        work.smallest(),
        List.of(record),
        content);
  }
}
