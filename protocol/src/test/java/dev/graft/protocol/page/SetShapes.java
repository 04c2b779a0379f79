package dev.graft.protocol.page;

import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Seeded sets of many shapes, so that every kind of partition occurs at every level. */
final class SetShapes {
  /** How many shapes there are. */
  static final int SHAPES = 12;

  private SetShapes() {}

  /** A set of the shape, of about {@code size} members. */
  static TreeSet<Long> of(int shape, int size, Random random) {
    return switch (shape) {
      case 0 -> scattered(size, 1L << 32, random);
      case 1 -> scattered(size, 1L << 24, random);
      case 2 -> scattered(size, 1L << 16, random);
      case 3 -> scattered(size, 2L * size + 1, random);
      case 4 -> runs(size, 16, 1L << 24, random);
      case 5 -> runs(size, size / 3 + 1, 1L << 32, random);
      case 6 -> runs(size, 4, 1L << 17, random);
      case 7 -> product(size, random);
      case 8 -> dense(size, random);
      case 9 -> stride(size, 2 + random.nextInt(3), random.nextInt(1000), random);
      case 10 -> stride(size, 1L << random.nextInt(22), random.nextInt(3), random);
      default -> edges(size, random);
    };
  }

  private static TreeSet<Long> scattered(int size, long bound, Random random) {
    TreeSet<Long> set = new TreeSet<>();
    long base = bound == 1L << 32 || random.nextBoolean() ? 0 : random.nextLong((1L << 32) - bound);
    for (int i = 0; i < size; i++) {
      set.add(base + random.nextLong(bound));
    }
    return set;
  }

  private static TreeSet<Long> runs(int size, int mean, long bound, Random random) {
    TreeSet<Long> set = new TreeSet<>();
    while (set.size() < size) {
      long first = random.nextLong(bound);
      int length = 1 + random.nextInt(2 * mean);
      for (long idx = first; idx < first + length && idx <= PageIdx.MAX_VALUE; idx++) {
        set.add(idx);
      }
    }
    return set;
  }

  /** Random segments at each of the four levels, and all their combinations. */
  private static TreeSet<Long> product(int size, Random random) {
    int[] counts = {1, 1, 1, 1};
    for (int product = 1; product < size; product *= 2) {
      int level = random.nextInt(4);
      counts[level] = Math.min(256, counts[level] * 2);
    }
    TreeSet<Long> set = new TreeSet<>();
    set.add(0L);
    for (int count : counts) {
      TreeSet<Long> segments = scattered(count, 256, new Random(random.nextLong()));
      TreeSet<Long> wider = new TreeSet<>();
      for (long prefix : set) {
        for (long segment : segments) {
          wider.add(prefix << 8 | segment & 0xFF);
        }
      }
      set = wider;
      if (set.size() > 4 * size) {
        break;
      }
    }
    return set;
  }

  private static TreeSet<Long> dense(int size, Random random) {
    TreeSet<Long> set = new TreeSet<>();
    long first = random.nextInt(4) * 256L;
    for (long idx = first; idx < first + size; idx++) {
      set.add(idx);
    }
    for (int holes = random.nextInt(4); holes > 0; holes--) {
      set.remove(first + random.nextInt(size));
    }
    return set;
  }

  private static TreeSet<Long> stride(int size, long stride, long first, Random random) {
    TreeSet<Long> set = new TreeSet<>();
    for (int i = 0; i < size; i++) {
      long idx = first + i * stride;
      if (idx <= PageIdx.MAX_VALUE && random.nextInt(50) != 0) {
        set.add(idx);
      }
    }
    return set;
  }

  /** Both ends of the range, and what lies next to the borders of partitions. */
  private static TreeSet<Long> edges(int size, Random random) {
    TreeSet<Long> set = new TreeSet<>();
    for (int i = 0; i < size; i++) {
      long border = random.nextLong(1 + (1L << random.nextInt(9))) << 8 * random.nextInt(4);
      long idx = border - 2 + random.nextInt(4);
      set.add(
          random.nextInt(8) == 0 ? PageIdx.MAX_VALUE - random.nextInt(size) : idx & 0xFFFFFFFFL);
    }
    return set;
  }

  /** Sets with more members than one likes to box: full and bitmap partitions of 16 to 32 bits. */
  static List<PageSet> wide() {
    Random random = new Random(5);
    PageSet.Builder sparse = PageSet.builder();
    for (long idx = 3; idx < 1L << 24; idx += 1 + random.nextInt(30_000)) {
      sparse.add(idx);
    }
    PageSet.Builder bitmap = PageSet.builder();
    for (long idx = 5L << 24; idx < 6L << 24; idx += 1 + random.nextInt(20)) {
      bitmap.add(idx);
    }
    PageSet.Builder halfFull = PageSet.builder();
    for (long idx = 0; idx < 40 * 256; idx += 1 + random.nextInt(3)) {
      halfFull.add(idx);
    }
    PageSet scattered = sparse.build();
    return List.of(
        PageSet.ofRange(0, PageIdx.MAX_VALUE),
        PageSet.ofRange(1, PageIdx.MAX_VALUE - 1),
        scattered.union(PageSet.ofRange(7 << 16, (8 << 16) - 1)),
        scattered.union(PageSet.ofRange(1 << 24, (2 << 24) - 1)),
        scattered.union(PageSet.ofRange(5 << 16, (9 << 24) + 12_345)),
        halfFull.build().union(PageSet.ofRange(60 * 256, 61 * 256 - 1)),
        bitmap.build());
  }
}
