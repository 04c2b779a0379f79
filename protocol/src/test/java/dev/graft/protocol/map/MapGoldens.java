package dev.graft.protocol.map;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameOwner.InCommit;
import dev.graft.protocol.frame.FrameOwner.InSegment;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.LeafPlace.InFrame;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** The values behind the golden files of maps. */
final class MapGoldens {
  static final VolumeId VOLUME = new VolumeId(0x0102030405060708L, 0x090A0B0C0D0E0F10L);
  private static final VolumeId PARENT = new VolumeId(0x0001020304050607L, 0x08090A0B0C0D0E0FL);

  private MapGoldens() {}

  /** What docs/page-map.md walks through. */
  static Root commit() {
    FrameOwner owner = new InCommit(VOLUME, new Lsn(1000));
    return Root.builder(new PageCount(5000), new PageCount(4800))
        .addFrame(new FrameRef(owner, 0, 290, 1480), true, PageSet.of(1))
        .addFrame(new FrameRef(owner, 1, 1770, 2611), false, PageSet.of(17, 18, 19, 4900))
        .clear(PageSet.of(33))
        .build();
  }

  /** An imported window: two segments, hot frames first. */
  static Leaf imported() {
    Leaf.Builder builder = Leaf.builder(0);
    long page = 3;
    for (int segment = 0; segment < 2; segment++) {
      FrameOwner owner = new InSegment(VOLUME, segment(segment));
      FrameRef hot = new FrameRef(owner, 0, 64, 9000);
      builder
          .frame(hot, true)
          .live(1 + segment, 1 + segment)
          .live(60_000 + segment, 60_000 + segment);
      long offset = 9064;
      for (int number = 1; number < 20; number++) {
        FrameRef ref = new FrameRef(owner, number, offset, 40_000 + 17 * number * number);
        builder.frame(ref, false).live(page, page + 31);
        page += 32;
        offset += ref.lengthBytes();
      }
    }
    return builder.build();
  }

  /** Small commits at random, of a fork and its parent, some pages cleared. */
  static Leaf scattered() {
    Random random = new Random(42);
    Leaf.Builder builder = Leaf.builder(65_535);
    long first = 65_535L << 16;
    for (int i = 0; i < 60; i++) {
      FrameOwner owner = new InCommit(i < 20 ? PARENT : VOLUME, new Lsn(500L + i * 7));
      FrameRef ref =
          new FrameRef(owner, i % 2, 300 + random.nextInt(100), 1000 + random.nextInt(999));
      long page = first + 1000 * (i * 37 % 60) + random.nextInt(400);
      builder.frame(ref, i % 9 == 0).live(page, page + i % 2);
    }
    return builder
        .clear(first + 60_500, first + 60_999)
        .clear(first + 65_535, first + 65_535)
        .build();
  }

  static Branch branch() {
    FrameOwner owner = new InSegment(VOLUME, segment(7));
    TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
    for (int window = 1024; window < 1040; window++) {
      InFrame place = place(owner, window - 1024);
      windows.put(window, List.of(LeafLayer.inFrame(place)));
    }
    windows.put(
        2047,
        List.of(
            LeafLayer.inFrame(place(owner, 100)),
            new LeafLayer(place(owner, 200), (2047L << 16) + 77)));
    return new Branch(1, windows);
  }

  /** A snapshot's map with every part that a root can have. */
  static Root snapshot() {
    FrameOwner owner = new InSegment(VOLUME, segment(7));
    FrameOwner old = new InSegment(PARENT, segment(3));
    TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
    windows.put(
        0,
        List.of(
            LeafLayer.inline(imported()),
            LeafLayer.inFrame(place(owner, 1)),
            new LeafLayer(place(old, 2), 50_000),
            new LeafLayer(place(old, 9), 40_000)));
    windows.put(9, List.of(LeafLayer.inFrame(place(owner, 3))));
    windows.put(65_535, List.of(LeafLayer.inline(scattered())));
    List<BranchPlace> branches =
        List.of(
            new BranchPlace(0, place(owner, 4).ref(), 0x11223344, LeafLayer.NO_CEILING),
            new BranchPlace(63, place(old, 5).ref(), 0x55667788, 0xFFFF_0000L));
    List<HotRange> hot =
        List.of(new HotRange(owner, 64, 9000), new HotRange(old, 1 << 20, 1 << 20));
    return new Root(new PageCount(0xFFFF_FFFFL), new PageCount(12), windows, branches, hot);
  }

  private static InFrame place(FrameOwner owner, int number) {
    FrameRef ref = new FrameRef(owner, number, 64 + number * 5000L, 5000);
    return new InFrame(ref, 0x9E3779B9 * (number + 1), 4900 + number);
  }

  private static SegmentId segment(int n) {
    return new SegmentId(0x01930000_0000_0000L + n, 0xABCDEF00_00000000L | n);
  }
}
