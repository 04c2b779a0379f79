package dev.graft.client.local;

import dev.graft.client.Mutation;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.client.write.StagedContent;
import dev.graft.client.write.StagedPages;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.ContentDigest;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes local commits of staged pages: digest, frames, map. Those of a large one are on the disk
 * when they are made; nothing names them yet. Safe for use by many threads.
 */
public final class LocalMaker {
  /** Frames of more bytes than this go into segments beside the log. */
  static final int MAX_BYTES_IN_LOG = 256 * 1024;

  private final VolumeId volume;
  private final PageSize pageSize;
  private final FrameCache cache;
  private final IdSource ids;
  private final InstantSource clock;
  private final LocalDisk disk;
  private final int segmentBytes;

  /**
   * For one volume.
   *
   * @param cache where written pages go at once
   * @param clock whose time segment ids carry
   * @param segmentBytes the length that a segment is not to pass
   */
  public LocalMaker(
      VolumeId volume,
      PageSize pageSize,
      FrameCache cache,
      IdSource ids,
      InstantSource clock,
      LocalDisk disk,
      int segmentBytes) {
    this.volume = volume;
    this.pageSize = pageSize;
    this.cache = cache;
    this.ids = ids;
    this.clock = clock;
    this.disk = disk;
    this.segmentBytes = segmentBytes;
  }

  /**
   * What one transaction did and says about itself.
   *
   * @param snapshot the position of what it read
   * @param before page count of what it read
   * @param count page count after it
   * @param smallest the smallest page count in between
   * @param readSet the pages that it read
   * @param key made once for it
   * @param localTime when it is committed here
   * @param author at most 64 bytes
   * @param message at most 256 bytes
   * @param hotPages which written pages are read often
   * @param mutation with which it can be done again
   */
  public record Intent(
      Position snapshot,
      PageCount before,
      PageCount count,
      PageCount smallest,
      PageSet readSet,
      IdempotencyKey key,
      Instant localTime,
      String author,
      String message,
      LongPredicate hotPages,
      Optional<Mutation> mutation) {}

  /**
   * A local commit that nobody knows of yet.
   *
   * @param work what it is
   * @param body where its frames are
   * @param delta the map of what it wrote
   * @param owners the local objects that its pages lie in
   * @param bytes of its frames
   */
  public record Made(
      LocalCommit.Work work,
      LocalRecord.Body body,
      Root delta,
      List<SegmentId> owners,
      long bytes) {}

  /**
   * Makes a local commit of staged pages.
   *
   * @throws GraftException.Limit when the disk is full; nothing is left of it
   */
  public Made make(Intent intent, StagedPages pages) {
    StagedContent content = StagedContent.of(pages, pageSize);
    PageSet zeros = content.zeros();
    var digest =
        new ContentDigest(
            intent.snapshot(), intent.count(), intent.smallest(), null, intent.readSet(), zeros);
    try (Packing packing = new Packing(Root.builder(intent.count(), intent.smallest()))) {
      content.pack(intent.hotPages(), digest, packing::frame);
      var record =
          new TransactionRecord(
              intent.key(), digest.finish(), intent.localTime(), intent.author(), intent.message());
      var work =
          new LocalCommit.Work(
              record,
              intent.snapshot(),
              intent.before(),
              intent.count(),
              intent.smallest(),
              intent.readSet(),
              zeros,
              intent.mutation());
      return packing.finish(work);
    }
  }

  /** Forgets a commit that came to nothing. */
  public void discard(Made made) {
    if (made.body() instanceof LocalRecord.Body.InSegments(List<SegmentId> segments)) {
      segments.forEach(disk::removeSegment);
    }
  }

  /** The frames of one commit. One thread, one use. */
  private final class Packing implements AutoCloseable {
    private final RootBuilder map;
    private final FrameEncoder encoder = new FrameEncoder();
    private final SegmentId here = ids.newSegmentId(clock.instant());
    private final List<Frame> frames = new ArrayList<>();
    private final List<SegmentId> segments = new ArrayList<>();
    private int bytesHere;
    private long bytes;
    private @Nullable SegmentWriter writer;
    private boolean done;

    Packing(RootBuilder map) {
      this.map = map;
    }

    /** A frame that may still go into the log. */
    private record Frame(FrameRef ref, boolean hot, PageRuns pages, byte[] encoded, byte[] raw) {}

    void frame(boolean hot, PageRuns pages, byte[] raw, int length) {
      if (writer != null) {
        SegmentWriter into = writerFor(length);
        keep(into.addPages(hot, pages, raw, 0, length), hot, pages, raw, length);
        return;
      }
      FrameOwner owner = new FrameOwner.InSegment(volume, here);
      byte[] encoded =
          encoder.encodePages(owner, frames.size(), hot, pageSize, pages, raw, 0, length);
      FrameRef ref = new FrameRef(owner, frames.size(), bytesHere, encoded.length);
      frames.add(new Frame(ref, hot, pages, encoded, Arrays.copyOf(raw, length)));
      bytesHere += encoded.length;
      if (bytesHere > MAX_BYTES_IN_LOG) {
        spill();
      }
    }

    private void spill() {
      for (Frame frame : frames) {
        FrameRef ref =
            writerFor(frame.encoded.length).addFrame(frame.encoded, 0, frame.encoded.length);
        keep(ref, frame.hot, frame.pages, frame.raw, frame.raw.length);
      }
      frames.clear();
    }

    private void keep(FrameRef ref, boolean hot, PageRuns pages, byte[] raw, int length) {
      map.addFrame(ref, hot, pages);
      try {
        cache.put(FrameKey.of(ref), FrameKind.PAGES, pages, raw, 0, length);
      } catch (GraftException.Limit e) {
        // It is read where it is kept.
        return;
      }
    }

    private SegmentWriter writerFor(int frameBytes) {
      SegmentWriter open = writer;
      if (open != null
          && (open.lengthBytes() + frameBytes > segmentBytes || !open.fits(frameBytes))) {
        write(open);
        open = null;
      }
      if (open == null) {
        open = new SegmentWriter(volume, ids.newSegmentId(clock.instant()), pageSize, encoder);
        writer = open;
      }
      return open;
    }

    private void write(SegmentWriter full) {
      Segment segment = full.finish();
      disk.writeSegment(segment.id(), segment.bytes());
      segments.add(segment.id());
      bytes += segment.bytes().length;
    }

    Made finish(LocalCommit.Work work) {
      LocalRecord.Body body;
      List<SegmentId> owners;
      if (writer != null) {
        write(writer);
        owners = List.copyOf(segments);
        body = new LocalRecord.Body.InSegments(owners);
      } else {
        ByteArrayOutputStream all = new ByteArrayOutputStream(bytesHere);
        for (Frame frame : frames) {
          keep(frame.ref, frame.hot, frame.pages, frame.raw, frame.raw.length);
          all.writeBytes(frame.encoded);
        }
        bytes = bytesHere;
        owners = List.of(here);
        body = new LocalRecord.Body.Here(here, 0, bytesHere, all.toByteArray());
      }
      map.clear(work.zeros().cut(work.smallest().value()));
      Made made = new Made(work, body, map.build(), owners, bytes);
      done = true;
      return made;
    }

    @Override
    public void close() {
      encoder.close();
      if (!done) {
        segments.forEach(disk::removeSegment);
      }
    }
  }
}
