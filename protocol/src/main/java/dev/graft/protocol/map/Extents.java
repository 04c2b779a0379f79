package dev.graft.protocol.map;

import java.util.Arrays;

/**
 * The mentioned pages of a window as ascending, disjoint runs, each of one frame or cleared. Runs
 * that touch and say the same are one run, so equal contents are equal arrays. Immutable.
 */
final class Extents {
  static final Extents EMPTY = new Extents(0, new char[0], new char[0], new int[0]);

  final int size;

  /** Low 16 bits of the first page of each run. */
  final char[] first;

  /** Low 16 bits of the last page of each run. */
  final char[] last;

  /** The frame's ordinal, or {@link Leaf#CLEARED}. */
  final int[] frame;

  private Extents(int size, char[] first, char[] last, int[] frame) {
    this.size = size;
    this.first = first;
    this.last = last;
    this.frame = frame;
  }

  /** What is said about a page: a frame, {@link Leaf#CLEARED} or {@link Leaf#ABSENT}. */
  int find(int low) {
    int from = 0;
    int to = size - 1;
    while (from <= to) {
      int middle = (from + to) >>> 1;
      if (low < first[middle]) {
        to = middle - 1;
      } else if (low > last[middle]) {
        from = middle + 1;
      } else {
        return frame[middle];
      }
    }
    return Leaf.ABSENT;
  }

  /** The runs, with what lies above {@code lastKept} taken away. */
  Extents cut(int lastKept) {
    if (size == 0 || last[size - 1] <= lastKept) {
      return this;
    }
    Builder kept = new Builder(size);
    for (int i = 0; i < size && first[i] <= lastKept; i++) {
      kept.add(first[i], Math.min(last[i], lastKept), frame[i]);
    }
    return kept.build();
  }

  /**
   * These runs, and where they say nothing, the older ones. Both must count frames in the same
   * table.
   */
  Extents over(Extents older) {
    Builder out = new Builder(size + older.size);
    int j = 0;
    int from = 0;
    for (int i = 0; i < size; i++) {
      while (j < older.size && older.first[j] < first[i]) {
        out.add(
            Math.max(older.first[j], from), Math.min(older.last[j], first[i] - 1), older.frame[j]);
        if (older.last[j] >= first[i]) {
          break;
        }
        j++;
      }
      out.add(first[i], last[i], frame[i]);
      from = last[i] + 1;
      while (j < older.size && older.last[j] <= last[i]) {
        j++;
      }
    }
    for (; j < older.size; j++) {
      out.add(Math.max(older.first[j], from), older.last[j], older.frame[j]);
    }
    return out.build();
  }

  /** The same runs with each frame's ordinal replaced; touching runs of one frame are joined. */
  Extents renumbered(int[] newOrdinals) {
    Builder out = new Builder(size);
    for (int i = 0; i < size; i++) {
      out.add(first[i], last[i], frame[i] < 0 ? frame[i] : newOrdinals[frame[i]]);
    }
    return out.build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Extents that
        && size == that.size
        && Arrays.equals(first, 0, size, that.first, 0, size)
        && Arrays.equals(last, 0, size, that.last, 0, size)
        && Arrays.equals(frame, 0, size, that.frame, 0, size);
  }

  @Override
  public int hashCode() {
    int hash = size;
    for (int i = 0; i < size; i++) {
      hash = hash * 31 + first[i] * 7 + frame[i];
    }
    return hash;
  }

  /** Collects runs in ascending order. Owned by one thread. */
  static final class Builder {
    private char[] first;
    private char[] last;
    private int[] frame;
    private int size;

    Builder(int expected) {
      int capacity = Math.max(4, expected);
      first = new char[capacity];
      last = new char[capacity];
      frame = new int[capacity];
    }

    /** Adds a run after all others; nothing when it is empty. */
    void add(int firstLow, int lastLow, int frameOrdinal) {
      if (firstLow > lastLow) {
        return;
      }
      if (size > 0 && frame[size - 1] == frameOrdinal && last[size - 1] + 1 == firstLow) {
        last[size - 1] = (char) lastLow;
        return;
      }
      if (size == first.length) {
        first = Arrays.copyOf(first, size * 2);
        last = Arrays.copyOf(last, size * 2);
        frame = Arrays.copyOf(frame, size * 2);
      }
      first[size] = (char) firstLow;
      last[size] = (char) lastLow;
      frame[size++] = frameOrdinal;
    }

    Extents build() {
      return size == 0
          ? EMPTY
          : new Extents(
              size,
              Arrays.copyOf(first, size),
              Arrays.copyOf(last, size),
              Arrays.copyOf(frame, size));
    }
  }
}
