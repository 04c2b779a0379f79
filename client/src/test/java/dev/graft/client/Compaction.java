package dev.graft.client;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;
import java.util.List;

/** Moves pages of a {@link FakeRemote} behind the back of its clients. */
final class Compaction {
  private Compaction() {}

  /** Rewrites every frame of an object, one frame an object, and deletes the old one. */
  static void move(FakeRemote remote, VolumeId volume, FrameOwner old, SegmentId fresh) {
    FrameOwner owner = new FrameOwner.InSegment(volume, fresh);
    byte[] object = remote.object(old);
    remote.moveAll(volume, root -> rewrite(root, old, owner));
    // Frames keep numbers and offsets; only the owner that they carry differs.
    byte[] moved = object.clone();
    for (FrameRef ref : frames(remote, volume, owner)) {
      byte[] frame =
          java.util.Arrays.copyOfRange(
              object, (int) ref.offsetBytes(), (int) ref.offsetBytes() + ref.lengthBytes());
      byte[] stamped = Frame.restamp(frame, owner, ref.number());
      if (stamped.length != frame.length) {
        throw new AssertionError("owners of one kind take the same room");
      }
      System.arraycopy(stamped, 0, moved, (int) ref.offsetBytes(), stamped.length);
    }
    remote.objects.remove(old);
    remote.objects.put(owner, moved);
  }

  private static List<FrameRef> frames(FakeRemote remote, VolumeId volume, FrameOwner owner) {
    return remote.wholeLeaves(volume).stream()
        .flatMap(
            leaf -> java.util.stream.IntStream.range(0, leaf.frameCount()).mapToObj(leaf::frame))
        .filter(ref -> ref.owner().equals(owner))
        .toList();
  }

  private static Root rewrite(Root root, FrameOwner old, FrameOwner owner) {
    RootBuilder map = Root.builder(root.count(), root.smallest());
    for (List<LeafLayer> layers : root.windows().values()) {
      if (layers.size() != 1 || !(layers.getFirst().place() instanceof LeafPlace.Inline inline)) {
        throw new AssertionError("only small maps are moved in tests");
      }
      Leaf leaf = inline.leaf();
      leaf.forEachExtent((first, count, ordinal) -> {
        FrameRef ref = leaf.frame(ordinal);
        FrameRef moved =
            ref.owner().equals(old)
                ? new FrameRef(owner, ref.number(), ref.offsetBytes(), ref.lengthBytes())
                : ref;
        map.addFrame(moved, leaf.hot(ordinal), first, first + count - 1);
      });
    }
    return map.build();
  }
}
