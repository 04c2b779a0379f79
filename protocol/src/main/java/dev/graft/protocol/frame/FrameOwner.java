package dev.graft.protocol.frame;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;

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
}
