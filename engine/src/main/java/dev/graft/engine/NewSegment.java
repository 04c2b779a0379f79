package dev.graft.engine;

import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A segment that the engine itself writes, under a random id that nobody else knows; not begun
 * before there is something to write. For one thread.
 */
final class NewSegment implements AutoCloseable {
  private final VolumeId volume;
  private final PageSize pageSize;
  private final IdSource ids;
  private final Instant now;
  private final FrameEncoder encoder = new FrameEncoder();
  private @Nullable SegmentWriter writer;

  NewSegment(VolumeId volume, PageSize pageSize, IdSource ids, Instant now) {
    this.volume = volume;
    this.pageSize = pageSize;
    this.ids = ids;
    this.now = now;
  }

  FrameRef addPages(boolean hot, PageRuns pages, byte[] raw, int length) {
    return writer().addPages(hot, pages, raw, 0, length);
  }

  /** A frame that was made for another object, under this owner. */
  FrameRef addFrame(byte[] frame) {
    return writer().addFrame(frame, 0, frame.length);
  }

  FrameRef addMap(FrameKind kind, byte[] content) {
    return writer().addMeta(kind, content);
  }

  private SegmentWriter writer() {
    SegmentWriter begun = writer;
    if (begun == null) {
      begun = new SegmentWriter(volume, ids.newSegmentId(now), pageSize, encoder);
      writer = begun;
    }
    return begun;
  }

  /** The segment, or nothing when there was nothing to write. */
  Optional<Segment> finish() {
    return writer == null ? Optional.empty() : Optional.of(writer.finish());
  }

  @Override
  public void close() {
    encoder.close();
  }
}
