package dev.graft.sqlite;

import java.util.Arrays;

/** A growing set of positive numbers, open addressing. For one thread. */
final class LongSet {
  private long[] slots = new long[64];
  private int size;

  /** Adds a number above 0; tells whether it is new. */
  boolean add(long value) {
    if (2 * size >= slots.length) {
      grow();
    }
    if (!put(value)) {
      return false;
    }
    size++;
    return true;
  }

  boolean contains(long value) {
    int at = slotOf(value);
    while (slots[at] != 0) {
      if (slots[at] == value) {
        return true;
      }
      at = at + 1 & slots.length - 1;
    }
    return false;
  }

  int size() {
    return size;
  }

  private int slotOf(long value) {
    return Long.hashCode(value * 0x9E3779B97F4A7C15L) & slots.length - 1;
  }

  private boolean put(long value) {
    int mask = slots.length - 1;
    int at = slotOf(value);
    while (slots[at] != 0) {
      if (slots[at] == value) {
        return false;
      }
      at = at + 1 & mask;
    }
    slots[at] = value;
    return true;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    Arrays.stream(old).filter(value -> value != 0).forEach(this::put);
  }
}
