package dev.graft.protocol.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.graft.protocol.Mutations;
import dev.graft.protocol.error.GraftException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What {@link PageSet#decode} refuses, with and without a matching CRC. */
class SplinterCheckTest {
  private static final long SEED = 77;

  /** Seeded encodings up to a few hundred bytes, every shape several times, and three by hand. */
  private static List<byte[]> encodings(int longest) {
    List<byte[]> encodings = new ArrayList<>();
    Random random = new Random(SEED);
    encodings.add(PageSet.empty().toBytes());
    encodings.add(PageSet.ofRange(0, PageIdx.MAX_VALUE).toBytes());
    encodings.add(PageSet.ofRange(256, 511).union(PageSet.of(1, 70_000, 1 << 25)).toBytes());
    for (int shape = 0; shape < SetShapes.SHAPES; shape++) {
      for (int size : new int[] {1, 3, 20, 60, 150, 400}) {
        byte[] bytes = PageSetModelTest.encode(SetShapes.of(shape, size, random)).toBytes();
        if (bytes.length <= longest) {
          encodings.add(bytes);
        }
      }
    }
    return encodings;
  }

  @Test
  void everyFlipAndTruncation_isRefused() {
    List<byte[]> encodings = encodings(700);
    assertThat(encodings).hasSizeGreaterThan(40);
    for (byte[] bytes : encodings) {
      Mutations.refusesEveryMutation(bytes, PageSet::decode);
    }
  }

  /** Behind a right CRC, changed bytes are refused, or they are the one encoding of another set. */
  @Test
  void everyFlipWithItsCrc_isRefusedOrCanonical() {
    int taken = 0;
    int refused = 0;
    for (byte[] bytes : encodings(250)) {
      for (int at = 0; at < bytes.length - Splinter.FOOTER_BYTES; at++) {
        for (int change = 1; change < 256; change = change < 8 ? change + 1 : change * 2 - 5) {
          byte[] root = Arrays.copyOf(bytes, bytes.length - Splinter.FOOTER_BYTES);
          root[at] += (byte) change;
          if (takesOnlyCanonical(root)) {
            taken++;
          } else {
            refused++;
          }
        }
      }
    }
    assertThat(taken).isGreaterThan(1000);
    assertThat(refused).isGreaterThan(10_000);
  }

  @Test
  void everyTruncationAndDoubling_withItsCrc_isRefusedOrCanonical() {
    for (byte[] bytes : encodings(700)) {
      int rootBytes = bytes.length - Splinter.FOOTER_BYTES;
      for (int from = 1; from < rootBytes; from++) {
        takesOnlyCanonical(Arrays.copyOfRange(bytes, from, rootBytes));
        takesOnlyCanonical(Arrays.copyOf(bytes, from));
        byte[] longer = new byte[rootBytes + from];
        System.arraycopy(bytes, 0, longer, 0, from);
        System.arraycopy(bytes, 0, longer, from, rootBytes);
        takesOnlyCanonical(longer);
      }
    }
  }

  private static boolean takesOnlyCanonical(byte[] root) {
    byte[] bytes = sealed(root);
    PageSet set;
    try {
      set = PageSet.decode(bytes);
    } catch (GraftException.Corrupt expected) {
      return false;
    }
    PageSet.Builder again = PageSet.builder();
    long[] members = {0};
    set.forEachRange((first, last) -> {
      again.addRange(first, last);
      members[0] += last - first + 1;
    });
    assertThat(again.build().toBytes()).isEqualTo(bytes);
    assertThat(set.cardinality()).isEqualTo(members[0]);
    return true;
  }

  @Test
  void valid_butNotOptimized_isRefused() {
    refuses("00000001" + "00000002" + "00000003" + "00000002" + "03", "kind 3 where 4 is smaller");
    refuses("00000005" + "00000005" + "00000000" + "04", "kind 4 where 3 is smaller");
    String block = "05" + "00" + "03";
    String tree16 = block + "0000" + "0000" + "01" + "00" + "05";
    String tree24 = tree16 + "000000" + "000000" + "02" + "00" + "05";
    refuses(tree24 + "00000000" + "00000000" + "03" + "00" + "05", "is smaller");
    byte[] bitmap = new byte[33];
    bitmap[32] = Splinter.BITMAP;
    assertThat(Splinter.pick(8, 1, 1, Splinter.NO_TREE)).isEqualTo(Splinter.VEC);
    refuses(HexFormat.of().formatHex(bitmap), "a bitmap of 33 bytes");
  }

  @Test
  void disorder_isRefusedInEveryPartition() {
    refuses("00000002" + "00000002" + "00000001" + "03", "not above the one before");
    refuses("00000005" + "00000002" + "00000001" + "03", "not above the one before");
    refuses("00000009" + "00000003" + "00000000" + "04", "turned round");
    refuses("00000001" + "00000008" + "00000009" + "00000020" + "00000001" + "04", "not apart");
    refuses("00000001" + "00000008" + "00000005" + "00000020" + "00000001" + "04", "not apart");
    refuses("00000001" + "00000000" + "00" + "03", "a list of");
    refuses("00000007" + "00000001" + "03", "a list of 2 items in 4 bytes");
    refuses("ff" + "00000007" + "00000000" + "03", "a list of");
    refuses("00000000" + "03", "a list of 0 bytes");
    refuses("00" + "01", "bytes in a full partition");
    refuses("0000", "partition kind 0");
    refuses("06", "partition kind 6");
    refuses("ff", "partition kind -1");
    refuses("05", "a tree that cannot be here");
    refuses("0505", "a tree of 6 children");
  }

  @Test
  void tooShortOrWithoutMagic_isRefused() {
    assertThatThrownBy(() -> PageSet.decode(new byte[0])).hasMessageContaining("too short");
    assertThatThrownBy(() -> PageSet.decode(new byte[12])).hasMessageContaining("too short");
    assertThatThrownBy(() -> PageSet.decode(new byte[13])).hasMessageContaining("no magic");
    byte[] bytes = PageSet.of(4).toBytes();
    bytes[0] ^= 1;
    assertThatThrownBy(() -> PageSet.decode(bytes))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("crc");
  }

  /** Claims of up to 2^32 members in a few bytes, and the costliest refusals there are. */
  @Test
  void claims_allocateNoMoreThanTheirBytesJustify() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<byte[]> claims = new ArrayList<>();
    for (String root :
        List.of(
            "00000001" + "ffffffff" + "03",
            "00000001" + "00000009" + "ffffffff" + "04",
            "02",
            "ff05",
            "01" + "00000000" + "ffffffff" + "00" + "00" + "05",
            "00000000" + "ffffffff" + "00" + "00" + "05")) {
      claims.add(sealed(HexFormat.of().parseHex(root)));
    }
    Random random = new Random(SEED);
    for (byte[] bytes : encodings(100_000)) {
      claims.add(bytes);
      byte[] root = Arrays.copyOf(bytes, bytes.length - Splinter.FOOTER_BYTES);
      root[random.nextInt(root.length)] += (byte) (1 + random.nextInt(255));
      claims.add(sealed(root));
    }
    claims.forEach(SplinterCheckTest::tryDecode);
    for (byte[] claim : claims) {
      long before = threads.getCurrentThreadAllocatedBytes();
      tryDecode(claim);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).as("%s bytes", claim.length).isLessThan(16_384 + 64L * claim.length);
    }
  }

  private static void tryDecode(byte[] bytes) {
    try {
      PageSet.decode(bytes);
    } catch (GraftException.Corrupt expected) {
      // Most of them are.
    }
  }

  private static void refuses(String rootHex, String why) {
    assertThatThrownBy(() -> PageSet.decode(sealed(HexFormat.of().parseHex(rootHex))))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining(why);
  }

  /** The root partition with its CRC and the magic behind it. */
  static byte[] sealed(byte[] root) {
    byte[] bytes = Arrays.copyOf(root, root.length + Splinter.FOOTER_BYTES);
    Ints.putLongLittleEndian(bytes, root.length, Crc64Nvme.of(root, 0, root.length));
    Ints.put(bytes, root.length + Splinter.CRC_BYTES, 4, Splinter.MAGIC);
    return bytes;
  }
}
