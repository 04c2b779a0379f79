package dev.graft.protocol.map;

import dev.graft.protocol.frame.FrameOwner.InSegment;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.LeafPlace.InFrame;
import java.util.HashMap;
import java.util.Map;

/** Keeps encoded leaves and branches as if they lay in frames of a segment. */
final class FrameStore implements LeafSource {
  private static final InSegment OWNER = new InSegment(new VolumeId(9, 9), new SegmentId(9, 9));

  private final Map<FrameRef, byte[]> frames = new HashMap<>();
  private long nextOffset;

  InFrame put(Leaf leaf) {
    byte[] encoded = leaf.encode();
    return InFrame.of(put(encoded), encoded);
  }

  BranchPlace put(Branch branch) {
    byte[] encoded = branch.encode();
    return BranchPlace.of(put(encoded), branch, encoded);
  }

  private FrameRef put(byte[] encoded) {
    // Content and frame length differ in truth, too.
    FrameRef ref = new FrameRef(OWNER, frames.size(), nextOffset, encoded.length + 60);
    nextOffset += ref.lengthBytes();
    frames.put(ref, encoded);
    return ref;
  }

  private byte[] content(FrameRef ref) {
    byte[] content = frames.get(ref);
    if (content == null) {
      throw new AssertionError("nothing was put at " + ref);
    }
    return content;
  }

  @Override
  public Leaf leaf(InFrame place) {
    return place.open(content(place.ref()));
  }

  @Override
  public Branch branch(BranchPlace place) {
    return place.open(content(place.ref()));
  }
}
