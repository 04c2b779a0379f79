package dev.graft.protocol.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Encodings that are right in all but one thing: one partition, at any level, has another kind than
 * the smallest. Each holds exactly its set and is refused, since one set has one encoding.
 */
class SplinterKindsTest {
  private static final long SEED = 41;

  /** A bitmap of 24 bits has 2 MiB. */
  private static final int MOST_BITMAP_BITS = 16;

  /** Partitions until the one that is written otherwise. */
  private int left;

  private int otherKind;
  private int smallerAsTree;
  private int smallerOtherwise;

  @Test
  void partition_ofAnotherKind_isRefusedAtEveryLevel() {
    Random random = new Random(SEED);
    for (int shape = 0; shape < SetShapes.SHAPES; shape++) {
      for (int size : new int[] {1, 2, 5, 30, 100, 300, 1200}) {
        PageSet set = PageSetModelTest.encode(SetShapes.of(shape, size, random));
        if (!set.isEmpty()) {
          refusesDeviations(set, random);
        }
      }
    }
    // Where what a child counts decides: runs that join over children, and bitmaps of many
    // segments.
    refusesDeviations(joined(16, 4), random);
    refusesDeviations(joined(16, 5), random);
    refusesDeviations(joined(24, 6), random);
    refusesDeviations(joined(32, 8), random);
    for (int segments : new int[] {60, 100, 150}) {
      refusesDeviations(halfFull(segments, random), random);
    }
    refusesDeviations(PageSet.ofRange(0, 65_535).union(PageSet.of(70_000)), random);
    refusesDeviations(PageSet.ofRange(256, 511).union(PageSet.of(3, 900)), random);
    assertThat(smallerAsTree).isGreaterThan(20);
    assertThat(smallerOtherwise).isGreaterThan(150);
  }

  /** Forty children of so many runs each, the first and last of which go on in the next child. */
  private static PageSet joined(int bits, int runs) {
    long size = 1L << bits - 8;
    PageSet set = PageSet.empty();
    for (int child = 0; child < 40; child++) {
      for (int run = 0; run < runs; run++) {
        long first = child * size + run * (size - 3) / (runs - 1);
        set = set.union(PageSet.ofRange(first, first + 2));
      }
    }
    return set;
  }

  /** A bitmap of 16 bits would be smaller than a list, and a tree of bitmaps smaller still. */
  private static PageSet halfFull(int segments, Random random) {
    PageSet.Builder set = PageSet.builder();
    for (long idx = 0; idx < 256L * segments; idx++) {
      if (random.nextBoolean()) {
        set.add(idx);
      }
    }
    return set.build();
  }

  private void refusesDeviations(PageSet set, Random random) {
    byte[] right = set.toBytes();
    int end = right.length - Splinter.FOOTER_BYTES;
    List<Long> members = new ArrayList<>();
    set.forEach(members::add);
    left = Integer.MAX_VALUE;
    assertThat(SplinterCheckTest.sealed(written(right, end, 32, members))).isEqualTo(right);
    int partitions = Integer.MAX_VALUE - left;
    for (int tries = 0; tries < Math.min(partitions, 6); tries++) {
      int deviant = partitions <= 6 || tries < 3 ? tries : random.nextInt(partitions);
      for (otherKind = Splinter.BITMAP; otherKind <= Splinter.TREE; otherKind++) {
        left = deviant;
        byte[] other = SplinterCheckTest.sealed(written(right, end, 32, members));
        if (!Arrays.equals(other, right)) {
          refuses(other, "seed " + SEED + ", " + set + ", partition " + deviant);
        }
      }
    }
  }

  private void refuses(byte[] other, String what) {
    assertThatThrownBy(() -> PageSet.decode(other))
        .as("%s as kind %d", what, otherKind)
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("smaller")
        .satisfies(e -> {
          if (String.valueOf(e.getMessage()).contains("smaller as a tree")) {
            smallerAsTree++;
          } else {
            smallerOtherwise++;
          }
        });
  }

  /** The partition that ends there, with the one that deviates as another kind if it fits. */
  private byte[] written(byte[] right, int end, int bits, List<Long> members) {
    int kind = right[end - 1];
    boolean fits = otherKind != Splinter.BITMAP || bits <= MOST_BITMAP_BITS;
    if (left-- == 0 && otherKind != kind && fits && !(otherKind == Splinter.TREE && bits == 8)) {
      return otherKind == Splinter.TREE
          ? tree(null, bits, members)
          : flat(otherKind, bits, members);
    }
    return kind == Splinter.TREE
        ? tree(new TreePart(right, end, bits), bits, members)
        : flat(kind, bits, members);
  }

  /** A tree over the children of the right one, or with a set's one encoding for each. */
  private byte[] tree(@Nullable TreePart right, int bits, List<Long> members) {
    int shift = bits - 8;
    int width = bits / 8;
    ByteArrayOutputStream children = new ByteArrayOutputStream();
    List<Integer> ends = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    List<Integer> segments = new ArrayList<>();
    for (int from = 0; from < members.size(); ) {
      long segment = members.get(from) >>> shift;
      List<Long> child = new ArrayList<>();
      for (; from < members.size() && members.get(from) >>> shift == segment; from++) {
        child.add(members.get(from) & (1L << shift) - 1);
      }
      children.writeBytes(
          right == null
              ? best(shift, child)
              : written(right.bytes, right.childEnd(ends.size()), shift, child));
      ends.add(children.size());
      counts.add(from);
      segments.add((int) segment);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(children.toByteArray());
    ends.forEach(at -> number(out, width, children.size() - at));
    counts.forEach(count -> number(out, width, count - 1));
    if (segments.size() <= 32) {
      segments.forEach(out::write);
    } else if (segments.size() < 256) {
      byte[] bitmap = new byte[32];
      segments.forEach(segment -> bitmap[segment / 8] |= (byte) (1 << segment % 8));
      out.writeBytes(bitmap);
    }
    out.write(segments.size() - 1);
    out.write(Splinter.TREE);
    return out.toByteArray();
  }

  private static byte[] best(int bits, List<Long> members) {
    Ranges ranges = new Ranges();
    members.forEach(member -> ranges.add(member.intValue(), member.intValue()));
    return SplinterWriter.encode(ranges, bits);
  }

  private static byte[] flat(int kind, int bits, List<Long> members) {
    int width = bits / 8;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int items = 0;
    switch (kind) {
      case Splinter.EMPTY, Splinter.FULL -> {
        out.write(kind);
        return out.toByteArray();
      }
      case Splinter.BITMAP -> {
        byte[] bitmap = new byte[1 << bits - 3];
        members.forEach(member -> bitmap[(int) (member / 8)] |= (byte) (1 << member % 8));
        out.writeBytes(bitmap);
        out.write(kind);
        return out.toByteArray();
      }
      case Splinter.VEC -> {
        members.forEach(member -> number(out, width, member));
        items = members.size();
      }
      default -> {
        for (int i = 0; i < members.size(); i++) {
          long member = members.get(i);
          if (i == 0 || members.get(i - 1) + 1 < member) {
            number(out, width, member);
            items++;
          }
          if (i == members.size() - 1 || members.get(i + 1) > member + 1) {
            number(out, width, member);
          }
        }
      }
    }
    number(out, width, items - 1);
    out.write(kind);
    return out.toByteArray();
  }

  private static void number(ByteArrayOutputStream out, int width, long value) {
    for (int shift = 8 * width - 8; shift >= 0; shift -= 8) {
      out.write((int) (value >>> shift));
    }
  }
}
