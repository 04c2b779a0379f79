package dev.graft.client.write;

import dev.graft.client.fetch.Waits;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.Remote;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames and brings them to the remote as segments of about one size, a bounded number of
 * them on their way at one time. One thread at a time.
 */
public final class SegmentSink implements AutoCloseable {
  /** Room left for the footer when a segment is filled up to its bound. */
  private static final int FOOTER_SHARE = 64;

  /** Room taken at once for the first segment, which may stay small. */
  private static final int FIRST_ROOM_BYTES = 1024 * 1024;

  /** A remote refuses ids whose time is so far off. */
  private static final Duration ID_TOLERANCE = Duration.ofMinutes(10);

  private final Function<Segment, Task<SegmentEntry>> target;
  private final Concurrency concurrency;
  private final IdSource ids;
  private final InstantSource serverClock;
  private final VolumeId volume;
  private final PageSize pageSize;
  private final int segmentBytes;
  private final int parallelUploads;
  private final FrameEncoder encoder = new FrameEncoder();

  private final List<SegmentEntry> finished = new ArrayList<>();
  private final List<Task<SegmentEntry>> uploads = new ArrayList<>();
  private @Nullable SegmentWriter writer;
  private long bytes;

  /**
   * Brings segments to the remote; nothing yet.
   *
   * @param serverClock whose time segment ids carry
   * @param segmentBytes the length that a segment is not to pass
   * @param parallelUploads the most segments on their way at one time
   */
  public SegmentSink(
      Remote remote,
      Concurrency concurrency,
      IdSource ids,
      InstantSource serverClock,
      VolumeId volume,
      PageSize pageSize,
      int segmentBytes,
      int parallelUploads) {
    this(
        segment ->
            concurrency.fork(
                "upload", () -> upload(remote, concurrency, serverClock, volume, segment)),
        concurrency,
        ids,
        serverClock,
        volume,
        pageSize,
        segmentBytes,
        parallelUploads);
  }

  /**
   * Brings one segment to the remote.
   *
   * @throws GraftException.Unavailable also when this process stood still for so long that the
   *     segment's id is refused: made anew it gets another id
   */
  private static SegmentEntry upload(
      Remote remote,
      Concurrency concurrency,
      InstantSource serverClock,
      VolumeId volume,
      Segment segment) {
    try {
      return Retry.unlessAnswered(
          concurrency, () -> remote.upload(volume, segment.id(), segment.bytes()).entry());
    } catch (GraftException.Misuse e) {
      Instant made = Instant.ofEpochMilli(segment.id().epochMillis());
      if (made.plus(ID_TOLERANCE).isBefore(serverClock.instant())) {
        throw new GraftException.Unavailable(
            segment.id() + " was made too long ago to be uploaded; repeat, and it is made anew", e);
      }
      throw e;
    }
  }

  /**
   * Brings segments anywhere; nothing yet.
   *
   * @param target takes a segment; its task ends when the segment is durable there
   * @param serverClock whose time segment ids carry
   * @param segmentBytes the length that a segment is not to pass
   * @param parallelUploads the most segments on their way at one time
   */
  public SegmentSink(
      Function<Segment, Task<SegmentEntry>> target,
      Concurrency concurrency,
      IdSource ids,
      InstantSource serverClock,
      VolumeId volume,
      PageSize pageSize,
      int segmentBytes,
      int parallelUploads) {
    this.target = target;
    this.concurrency = concurrency;
    this.ids = ids;
    this.serverClock = serverClock;
    this.volume = volume;
    this.pageSize = pageSize;
    this.segmentBytes = segmentBytes;
    this.parallelUploads = parallelUploads;
  }

  /** Adds a frame of pages that was encoded for whatever owner. */
  public FrameRef addFrame(byte[] frame) {
    return writerFor(frame.length).addFrame(frame, 0, frame.length);
  }

  /** Adds a frame of pages. */
  public FrameRef addPages(boolean hot, PageRuns pages, byte[] raw, int length) {
    return writerFor(length / 2).addPages(hot, pages, raw, 0, length);
  }

  /** Adds a part of a map or a segment table. */
  public FrameRef addMeta(FrameKind kind, byte[] content) {
    return writerFor(content.length).addMeta(kind, content);
  }

  /** Bytes of the segments so far, the open one included. */
  public long bytes() {
    return bytes + (writer == null ? 0 : writer.lengthBytes());
  }

  /** How many segments there are, the open one included. */
  public int segments() {
    return finished.size() + (writer == null ? 0 : 1);
  }

  /**
   * Sees to it that a content of that length goes into the same segment as what is added next,
   * which will be the last one.
   *
   * @return the segments before that one, in order
   */
  List<SegmentEntry> beforeLast(int contentBytes) {
    writerFor(contentBytes);
    return List.copyOf(finished);
  }

  /** Whether any frame was added. */
  boolean isEmpty() {
    return writer == null && finished.isEmpty();
  }

  /**
   * Ends the last segment and waits until all are durable at the remote.
   *
   * @return all of them, in order
   */
  public List<SegmentEntry> finish() {
    if (writer != null) {
      send(writer);
      writer = null;
    }
    while (!uploads.isEmpty()) {
      Waits.result(concurrency, uploads.removeFirst());
    }
    return List.copyOf(finished);
  }

  private SegmentWriter writerFor(int frameBytes) {
    SegmentWriter open = writer;
    if (open != null && isFull(open, frameBytes)) {
      send(open);
      open = null;
    }
    if (open == null) {
      // Where one segment was filled the next one will be, too: no growing in steps then.
      int room = finished.isEmpty() ? FIRST_ROOM_BYTES : segmentBytes;
      open =
          new SegmentWriter(
              volume, ids.newSegmentId(serverClock.instant()), pageSize, encoder, room);
      writer = open;
    }
    return open;
  }

  private boolean isFull(SegmentWriter open, int frameBytes) {
    boolean passesBound = open.lengthBytes() + frameBytes + FOOTER_SHARE > segmentBytes;
    return open.frameCount() > 0 && (passesBound || !open.fits(frameBytes));
  }

  private void send(SegmentWriter done) {
    Segment segment = done.finish();
    bytes += segment.bytes().length;
    finished.add(SegmentEntry.of(segment));
    while (uploads.size() >= parallelUploads) {
      Waits.result(concurrency, uploads.removeFirst());
    }
    uploads.add(target.apply(segment));
  }

  /** Gives its buffers back. Uploads under way go on; nobody names what they bring. */
  @Override
  public void close() {
    encoder.close();
  }
}
