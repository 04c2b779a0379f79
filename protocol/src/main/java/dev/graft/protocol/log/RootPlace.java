package dev.graft.protocol.log;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;

/** Where the root of a commit's map lies. */
public sealed interface RootPlace {
  /** In the commit header: encodes to at most 3 KiB. */
  record Inline(Root root) implements RootPlace {
    /** The most bytes that an inline root may have. */
    public static final int MAX_BYTES = 3 * 1024;
  }

  /**
   * A frame of one of the commit's new segments.
   *
   * @param frame its place
   * @param sha256 of the encoded root
   */
  record InFrame(FrameRef frame, Hash sha256) implements RootPlace {}

  /**
   * A checkpoint of the commit's own volume: the root of LSN 1 of a fork, and of no other commit.
   * It covers the whole of the parent's snapshot.
   *
   * @param parent the volume that was forked
   * @param origin the commit whose snapshot this is
   * @param checkpoint the checkpoint, whose position is this commit
   * @param sha256 of the encoded root in it
   */
  record OfFork(VolumeId parent, Position origin, CheckpointId checkpoint, Hash sha256)
      implements RootPlace {}

  /** Appends the encoded form, see {@code docs/formats.md}, "Commit". */
  static void encode(WireWriter out, VolumeId volume, RootPlace place) {
    switch (place) {
      case Inline(Root root) -> Fields.root(out.u8(0), root, Inline.MAX_BYTES);
      case InFrame(FrameRef frame, Hash sha256) -> {
        Fields.segmentFrame(out.u8(1), volume, frame);
        out.hash(sha256);
      }
      case OfFork(VolumeId parent, Position origin, CheckpointId checkpoint, Hash sha256) -> {
        origin.encode(out.u8(2).volume(parent));
        out.u64(checkpoint.hi()).u64(checkpoint.lo()).hash(sha256);
      }
    }
  }

  /** Reads the encoded form. */
  static RootPlace decode(WireReader in, VolumeId volume) {
    int tag = in.u8();
    return switch (tag) {
      case 0 -> new Inline(Fields.root(in, Inline.MAX_BYTES));
      case 1 -> new InFrame(Fields.segmentFrame(in, volume), in.hash());
      case 2 ->
          new OfFork(
              in.volume(), Position.decode(in), new CheckpointId(in.u64(), in.u64()), in.hash());
      default -> throw in.corrupt("root place is " + tag + " and not 0, 1 or 2");
    };
  }
}
