package dev.graft.protocol.frame;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;

/** The immutable object that a frame lies in: a segment, or a commit with inline frames. */
public sealed interface FrameOwner {
  /**
   * The volume under whose prefix the object lies; after a fork this need not be the volume that is
   * read.
   */
  VolumeId volume();

  /** A segment of a volume. */
  record InSegment(VolumeId volume, SegmentId segment) implements FrameOwner {
    @Override
    public String toString() {
      return volume + "/" + segment;
    }
  }

  /** A commit of a volume. */
  record InCommit(VolumeId volume, Lsn lsn) implements FrameOwner {
    @Override
    public String toString() {
      return volume + "@" + lsn;
    }
  }

  /** Writes a tag (1 segment, 2 commit), the volume id, then segment id or LSN, fixed-width. */
  default void write(WireWriter out) {
    switch (this) {
      case InSegment(VolumeId volume, SegmentId segment) ->
          out.u8(1).volume(volume).segment(segment);
      case InCommit(VolumeId volume, Lsn lsn) -> out.u8(2).volume(volume).u64(lsn.value());
    }
  }

  /** Reads what {@link #write} wrote. */
  static FrameOwner read(WireReader in) {
    int tag = in.u8();
    return switch (tag) {
      case 1 -> new InSegment(in.volume(), in.segment());
      case 2 -> new InCommit(in.volume(), new Lsn(in.u64()));
      default -> throw in.corrupt("frame owner tag " + tag + " is neither 1 nor 2");
    };
  }
}
