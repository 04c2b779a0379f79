package dev.graft.protocol.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.graft.protocol.Golden;
import dev.graft.protocol.Mutations;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameOwner.InCommit;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.map.LeafPlace.InFrame;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.wire.WireWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class MapCodecTest {
  private static final FrameOwner OWNER = new InCommit(MapGoldens.VOLUME, new Lsn(1));

  @Test
  void goldens_areWrittenAndReadByteForByte() {
    assertThat(Leaf.decode(Golden.check("leaf-imported.bin", MapGoldens.imported().encode())))
        .isEqualTo(MapGoldens.imported());
    assertThat(Leaf.decode(Golden.check("leaf-scattered.bin", MapGoldens.scattered().encode())))
        .isEqualTo(MapGoldens.scattered());
    assertThat(Branch.decode(Golden.check("branch.bin", MapGoldens.branch().encode())))
        .isEqualTo(MapGoldens.branch());
    assertThat(Root.decode(Golden.check("root-commit.bin", MapGoldens.commit().encode())))
        .isEqualTo(MapGoldens.commit());
    assertThat(Root.decode(Golden.check("root-snapshot.bin", MapGoldens.snapshot().encode())))
        .isEqualTo(MapGoldens.snapshot());
  }

  @Test
  void decode_refusesEveryMutation() {
    Mutations.refusesEveryMutation(MapGoldens.imported().encode(), Leaf::decode);
    Mutations.refusesEveryMutation(MapGoldens.scattered().encode(), Leaf::decode);
    Mutations.refusesEveryMutation(MapGoldens.branch().encode(), Branch::decode);
    Mutations.refusesEveryMutation(MapGoldens.commit().encode(), Root::decode);
    Mutations.refusesEveryMutation(MapGoldens.snapshot().encode(), Root::decode);
  }

  @Test
  void decode_damageWithARightChecksum_isRefusedOrIsTheOneEncodingOfAnotherMap() {
    Random random = new Random(5);
    byte[] imported = MapGoldens.imported().encode();
    byte[] scattered = MapGoldens.scattered().encode();
    byte[] branch = MapGoldens.branch().encode();
    byte[] commit = MapGoldens.commit().encode();
    byte[] snapshot = MapGoldens.snapshot().encode();
    int refused = 0;
    int rounds = 20_000;
    for (int i = 0; i < rounds; i++) {
      refused +=
          switch (i % 5) {
            case 0 -> refusesOrRepeats(imported, random, MapCodecTest::leaf);
            case 1 -> refusesOrRepeats(scattered, random, MapCodecTest::leaf);
            case 2 -> refusesOrRepeats(branch, random, MapCodecTest::branch);
            case 3 -> refusesOrRepeats(commit, random, MapCodecTest::root);
            default -> refusesOrRepeats(snapshot, random, MapCodecTest::root);
          };
    }
    assertThat(refused).isGreaterThan(rounds / 4).isLessThan(rounds);
  }

  static byte[] leaf(byte[] bytes) {
    return Leaf.decode(bytes).encode();
  }

  static byte[] branch(byte[] bytes) {
    return Branch.decode(bytes).encode();
  }

  static byte[] root(byte[] bytes) {
    return Root.decode(bytes).encode();
  }

  private static int refusesOrRepeats(
      byte[] valid, Random random, Function<byte[], byte[]> readAndWrite) {
    byte[] damaged = damaged(valid, random);
    try {
      assertThat(readAndWrite.apply(damaged)).isEqualTo(damaged);
      return 0;
    } catch (GraftException.Corrupt expected) {
      return 1;
    } catch (GraftException.Misuse newer) {
      assertThat(newer).hasMessageContaining("use a newer release");
      return 1;
    }
  }

  private static byte[] damaged(byte[] valid, Random random) {
    byte[] content = Arrays.copyOf(valid, valid.length - 4);
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(content.length);
      switch (random.nextInt(4)) {
        case 0 -> content[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> content[at] = (byte) random.nextInt();
        case 2 -> content = Arrays.copyOf(content, Math.max(1, at));
        default -> content[at] = random.nextBoolean() ? 0 : (byte) 0x7F;
      }
    }
    return new WireWriter().bytes(content).seal().toBytes();
  }

  @Test
  void decode_newerVersion_saysSo() {
    byte[] bytes = new WireWriter().u8(2).seal().toBytes();
    assertThatThrownBy(() -> Leaf.decode(bytes))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("leaf is of format version 2");
    assertThatThrownBy(() -> Root.decode(bytes)).isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(() -> Branch.decode(bytes)).isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void decode_fewBytesThatStandForManyFrames_areRefusedBeforeMemoryIsGiven() {
    WireWriter out = new WireWriter();
    out.u8(1).varint(0xFFFF_FFFFL).varint(0).u8(0).u8(0).u8(0).varint(127);
    WireWriter first = new WireWriter();
    LeafCodec.writeBody(first, full(0));
    byte[] body = first.toBytes();
    for (int window = 0; window < 127; window++) {
      body[1] = (byte) window;
      out.varint(0).u8(1).u8(0).prefixed(body);
    }
    byte[] bytes = out.u8(0).u8(0).seal().toBytes();
    assertThat(bytes.length).isLessThan(20_000);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> Root.decode(bytes)).isInstanceOf(GraftException.Corrupt.class);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(50 << 20);
  }

  /** A leaf of 65,535 frames of one page each, all of one length: about 60 bytes. */
  private static Leaf full(int window) {
    Leaf.Builder builder = Leaf.builder(window);
    for (int i = 1; i < 65_536; i++) {
      builder.frame(new FrameRef(OWNER, i, i * 100L, 100), false);
      builder.live((long) window << 16 | i, (long) window << 16 | i);
    }
    return builder.build();
  }

  @Test
  void encode_overTheLimits_isRefused() {
    TreeMap<Integer, List<LeafLayer>> high = new TreeMap<>();
    List<LeafLayer> five = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      five.add(LeafLayer.inFrame(new InFrame(new FrameRef(OWNER, i, i * 10L, 10), i, 10)));
    }
    high.put(3, five);
    PageCount count = new PageCount(1_000_000);
    Root stacked = new Root(count, count, high, List.of(), List.of());
    assertThat(stacked.needsFold(3)).isTrue();
    assertThatThrownBy(stacked::encode)
        .isInstanceOf(GraftException.Limit.class)
        .hasMessageContaining("window 3 has 5 layers");
    TreeMap<Integer, List<LeafLayer>> wide = new TreeMap<>();
    for (int window = 0; window < 1025; window++) {
      wide.put(window, five.subList(0, 1));
    }
    Root broad = new Root(PageCount.ZERO, PageCount.ZERO, wide, List.of(), List.of());
    assertThatThrownBy(broad::encode).isInstanceOf(GraftException.Limit.class);
    wide.remove(0);
    Root fits = broad.withWindows(wide, List.of());
    assertThat(Root.decode(fits.encode())).isEqualTo(fits);
    Root inline = Root.ofCount(count, count);
    for (int window = 0; window < 3; window++) {
      inline = inline.withLeaf(window, List.of(LeafLayer.inline(full(window))));
    }
    assertThatThrownBy(inline::encode).isInstanceOf(GraftException.Limit.class);
  }

  @Test
  void construct_contradictions_areRefused() {
    PageCount five = new PageCount(5);
    assertThatThrownBy(() -> Root.ofCount(five, new PageCount(6)))
        .isInstanceOf(GraftException.Misuse.class);
    Leaf leaf = Leaf.builder(1).clear(70_000, 70_000).build();
    assertThatThrownBy(() -> Root.empty().withLeaf(0, List.of(LeafLayer.inline(leaf))))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("a leaf of window 1 stands for window 0");
    TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
    windows.put(1, List.of(LeafLayer.inline(leaf)));
    assertThatThrownBy(() -> new Branch(1, windows)).isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(() -> new Branch(64, new TreeMap<>()))
        .isInstanceOf(GraftException.Misuse.class);
    HotRange big = new HotRange(OWNER, 0, HotRange.MAX_TOTAL_BYTES);
    HotRange one = new HotRange(OWNER, 5 << 20, 1);
    assertThatThrownBy(() -> Root.empty().withHot(List.of(big, one)))
        .isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(() -> Root.builder(five, five).addFrame(frame(0), false, PageSet.of(6)))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("page 6 lies beyond the page count 5");
  }

  @Test
  void open_anotherLeafThanWasNamed_isRefused() {
    byte[] named = MapGoldens.imported().encode();
    byte[] other = MapGoldens.scattered().encode();
    InFrame place = InFrame.of(frame(0), named);
    assertThat(place.open(named)).isEqualTo(MapGoldens.imported());
    assertThatThrownBy(() -> place.open(other)).isInstanceOf(GraftException.Corrupt.class);
    byte[] encoded = MapGoldens.branch().encode();
    BranchPlace branch = BranchPlace.of(frame(0), MapGoldens.branch(), encoded);
    assertThat(branch.open(encoded)).isEqualTo(MapGoldens.branch());
    byte[] empty = new Branch(1, new TreeMap<>()).encode();
    assertThatThrownBy(() -> branch.open(empty)).isInstanceOf(GraftException.Corrupt.class);
  }

  @Test
  void column_everyForm_roundTripsAndIsTheShortest() {
    Random random = new Random(6);
    for (int i = 0; i < 3000; i++) {
      int bits = random.nextInt(65);
      long base = random.nextInt(3) == 0 ? random.nextLong() >>> random.nextInt(64) : 0;
      long[] values = new long[1 + random.nextInt(40)];
      for (int n = 0; n < values.length; n++) {
        boolean repeat = n > 0 && random.nextInt(4) > i % 4;
        values[n] =
            repeat ? values[n - 1] : base + (bits == 0 ? 0 : random.nextLong() >>> (64 - bits));
      }
      WireWriter out = new WireWriter();
      Column.write(out, values);
      var in = new dev.graft.protocol.wire.WireReader("column", out.toBytes());
      assertThat(Column.read(in, "value", values.length, -1)).isEqualTo(values);
      in.expectEnd();
    }
  }

  private static FrameRef frame(int number) {
    return new FrameRef(OWNER, number, number * 1000L, 1000);
  }
}
