package dev.graft.protocol.frame;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;

/** The names of objects under which messages speak of them: their keys in the store. */
public final class ObjectNames {
  private ObjectNames() {}

  /** The key of a segment. */
  public static String segment(VolumeId volume, SegmentId segment) {
    return "volumes/" + volume + "/segments/" + segment;
  }

  /** The key of a commit, and its LSN, which the key only holds as its complement. */
  public static String commit(VolumeId volume, Lsn lsn) {
    return "volumes/%s/log/%016x (commit %s)".formatted(volume, ~lsn.value(), lsn);
  }

  /** The name of the object in which frames of this owner lie. */
  public static String of(FrameOwner owner) {
    return switch (owner) {
      case FrameOwner.InSegment in -> segment(in.volume(), in.segment());
      case FrameOwner.InCommit in -> commit(in.volume(), in.lsn());
    };
  }
}
