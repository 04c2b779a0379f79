package dev.graft.protocol.map;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameOwner.InCommit;
import dev.graft.protocol.frame.FrameOwner.InSegment;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.LeafPlace.InFrame;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageIdx;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What maps cost, in bytes stored and in bytes of memory. The figures are printed. */
final class MapSizeTest {
  private static final VolumeId VOLUME = new VolumeId(0x1122334455667788L, 0x99AABBCCDDEEFF00L);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void encode_denseWindow_isAtMost10KB() {
    Leaf leaf = dense(3, new Random(1));
    byte[] encoded = leaf.encode();
    System.out.printf("dense leaf of %d frames: %d bytes%n", leaf.frameCount(), encoded.length);
    assertThat(leaf.frameCount()).isEqualTo(2048);
    assertThat(encoded.length).isLessThanOrEqualTo(10_000);
    assertThat(Leaf.decode(encoded)).isEqualTo(leaf);
  }

  @Test
  void encode_denseWindowWithHotFramesApart_isAtMost10KB() {
    Random random = new Random(2);
    Leaf.Builder builder = Leaf.builder(0);
    FrameOwner owner = new InSegment(VOLUME, new SegmentId(random.nextLong(), random.nextLong()));
    long offset = 64;
    int number = 0;
    long page = 1;
    // A segment with its hot frames first; every 16th cold frame has two hot pages out of it.
    for (int i = 0; i < 8; i++) {
      FrameRef ref = new FrameRef(owner, number++, offset, 20_000 + random.nextInt(20_000));
      offset += ref.lengthBytes();
      builder.frame(ref, true);
      for (int n = 0; n < 32; n++) {
        builder.live(1 + (i * 32 + n) * 250L, 1 + (i * 32 + n) * 250L);
      }
    }
    for (int i = 0; i < 1500; i++) {
      FrameRef ref = new FrameRef(owner, number++, offset, 30_000 + random.nextInt(12_000));
      offset += ref.lengthBytes();
      builder.frame(ref, false);
      for (int n = 0; n < 32; n++, page++) {
        if (page % 250 != 1 || page > 64_000) {
          builder.live(page, page);
        }
      }
    }
    byte[] encoded = builder.build().encode();
    System.out.printf("dense leaf with 256 hot pages apart: %d bytes%n", encoded.length);
    assertThat(encoded.length).isLessThanOrEqualTo(10_000);
  }

  @Test
  void encode_scatteredOnePageCommits_areAtMost12BytesAnEntry() {
    Random random = new Random(3);
    Leaf.Builder builder = Leaf.builder(7);
    List<Integer> pages = random.ints(0, 65_536).distinct().limit(1000).boxed().toList();
    long lsn = 1_000_000;
    for (int low : pages) {
      lsn += 1 + random.nextInt(3);
      int length = (int) Math.clamp(1500 + 250 * random.nextGaussian(), 1000, 2000);
      FrameRef ref =
          new FrameRef(new InCommit(VOLUME, new Lsn(lsn)), 0, 200 + random.nextInt(200), length);
      builder.frame(ref, false).live((7 << 16) + low, (7 << 16) + low);
    }
    Leaf leaf = builder.build();
    byte[] encoded = leaf.encode();
    double perEntry = encoded.length / 1000.0;
    System.out.printf("1,000 scattered one-page commits: %.2f bytes an entry%n", perEntry);
    assertThat(perEntry).isLessThanOrEqualTo(12);
    assertThat(Leaf.decode(encoded)).isEqualTo(leaf);
  }

  @Test
  void encode_onePageCommit_isAsSmallAsItsOwner() {
    FrameRef ref = new FrameRef(new InCommit(VOLUME, new Lsn(1234)), 0, 300, 1500);
    Root root =
        Root.builder(new PageCount(100_000), new PageCount(100_000))
            .addFrame(ref, false, 77_777, 77_777)
            .build();
    int bytes = root.encode().length;
    System.out.printf("root of a one-page commit: %d bytes%n", bytes);
    assertThat(bytes).isLessThanOrEqualTo(100);
  }

  @Test
  void leaf_dense_takesLessThan100KBOfMemory() {
    byte[] encoded = dense(3, new Random(1)).encode();
    Leaf[] leaves = new Leaf[200];
    long before = usedAfterGc();
    for (int i = 0; i < leaves.length; i++) {
      leaves[i] = Leaf.decode(encoded);
    }
    long bytesEach = (usedAfterGc() - before) / leaves.length;
    System.out.printf("dense leaf in memory: %d bytes%n", bytesEach);
    assertThat(bytesEach).isLessThan(100_000);
    assertThat(leaves[199].find(3L << 16)).isNotNegative();
  }

  private static long usedAfterGc() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void find_allocatesNothing() {
    Leaf leaf = dense(3, new Random(1));
    long sum = 0;
    for (int round = 0; round < 2; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (long low = 0; low < 65_536; low++) {
        sum += leaf.find(3L << 16 | low);
      }
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      // The question itself may cost a few bytes; 65,536 look-ups would cost a million.
      assertThat(allocated).isLessThan(10_000);
    }
    assertThat(sum).isEqualTo(2L * 32 * (2048L * 2047 / 2));
  }

  @Test
  void largestMap_openAndOneLookup_staysWithinHeapAndBytesRead() {
    Random random = new Random(4);
    for (int round = 0; round < 10; round++) {
      long page = round == 0 ? PageIdx.MAX_VALUE : 1 + (random.nextLong() >>> 32) % 0xFFFF_FFFFL;
      GeneratedMap map = new GeneratedMap(page, random.nextLong());
      long before = THREADS.getCurrentThreadAllocatedBytes();
      PageLookup found = Maps.find(Root.decode(map.rootBytes), page, map);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      int read = map.rootBytes.length + map.bytesRead;
      if (round < 2) {
        System.out.printf(
            "map of 2^32-1 pages, open and one look-up: %d bytes read (root %d), %d allocated%n",
            read, map.rootBytes.length, allocated);
      }
      assertThat(found).isEqualTo(new PageLookup.Found(map.expected, false));
      assertThat(allocated).isLessThan(16 << 20);
      assertThat(read).isLessThan(1 << 20);
    }
  }

  /**
   * A window in which every page lies in one of 2,048 frames of 32 pages, as imports write them.
   */
  static Leaf dense(int window, Random random) {
    Leaf.Builder builder = Leaf.builder(window);
    long page = (long) window << 16;
    long offset = 64;
    int number = 0;
    FrameOwner owner = new InSegment(VOLUME, new SegmentId(random.nextLong(), random.nextLong()));
    for (int i = 0; i < 2048; i++) {
      int length = 30_000 + random.nextInt(20_000);
      if (offset + length > 16 << 20) {
        owner = new InSegment(VOLUME, new SegmentId(random.nextLong(), random.nextLong()));
        offset = 64;
        number = 0;
      }
      builder.frame(new FrameRef(owner, number++, offset, length), false);
      builder.live(Math.max(1, page), page + 31);
      page += 32;
      offset += length;
    }
    return builder.build();
  }

  /**
   * A dense map of 2^32-1 pages that is there only as far as the way to one page; all the rest of
   * root and branch is named, but cannot be opened.
   */
  private static final class GeneratedMap implements LeafSource {
    final byte[] rootBytes;
    final FrameRef expected;
    int bytesRead;

    private final byte[] branchBytes;
    private final byte[] leafBytes;
    private final int window;

    GeneratedMap(long page, long seed) {
      Random random = new Random(seed);
      window = Leaf.windowOf(page);
      Leaf leaf = dense(window, random);
      expected = leaf.frame(leaf.find(page));
      leafBytes = leaf.encode();
      List<BranchPlace> branches = new ArrayList<>();
      byte[] wanted = new byte[0];
      for (int number = 0; number <= Branch.MAX_NUMBER; number++) {
        FrameRef ref = ref(random, number, 30_000);
        if (number == Branch.numberOf(window)) {
          Branch branch = branch(number, random);
          wanted = branch.encode();
          branches.add(BranchPlace.of(ref, branch, wanted));
        } else {
          branches.add(new BranchPlace(number, ref, random.nextInt(), LeafLayer.NO_CEILING));
        }
      }
      branchBytes = wanted;
      PageCount count = new PageCount(PageIdx.MAX_VALUE);
      List<HotRange> hot = new ArrayList<>();
      for (int i = 0; i < HotRange.MAX_RANGES; i++) {
        hot.add(HotRange.of(ref(random, i, 60_000)));
      }
      rootBytes = new Root(count, PageCount.ZERO, new TreeMap<>(), branches, hot).encode();
    }

    /** One leaf a window, in one of 64 segments. */
    private Branch branch(int number, Random random) {
      TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
      int first = number * Branch.WINDOWS;
      for (int i = first; i < first + Branch.WINDOWS; i++) {
        FrameRef ref = ref(random, i - first, 8000);
        InFrame place =
            i == window ? InFrame.of(ref, leafBytes) : new InFrame(ref, random.nextInt(), 6000);
        windows.put(i, List.of(LeafLayer.inFrame(place)));
      }
      return new Branch(number, windows);
    }

    private static FrameRef ref(Random random, int number, int lengthBytes) {
      InSegment owner = new InSegment(VOLUME, new SegmentId(random.nextInt(64), random.nextInt(1)));
      return new FrameRef(owner, number, number * 10_000L, lengthBytes);
    }

    @Override
    public Leaf leaf(InFrame place) {
      bytesRead += leafBytes.length;
      return place.open(leafBytes);
    }

    @Override
    public Branch branch(BranchPlace place) {
      bytesRead += branchBytes.length;
      return place.open(branchBytes);
    }
  }
}
