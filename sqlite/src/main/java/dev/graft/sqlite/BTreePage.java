package dev.graft.sqlite;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * A view of one page as a B-tree page. Trusts nothing: what does not fit is left out, since all
 * that is read here serves as a hint.
 */
final class BTreePage {
  static final int INTERIOR_INDEX = 2;
  static final int INTERIOR_TABLE = 5;
  static final int LEAF_INDEX = 10;
  static final int LEAF_TABLE = 13;

  private final byte[] bytes;
  private final int usable;
  private final int start;

  /**
   * @param bytes the page; not copied
   * @param usable bytes of a page without the reserved ones
   * @param page its number: page 1 begins with the file's header
   */
  BTreePage(byte[] bytes, int usable, long page) {
    this.bytes = bytes;
    this.usable = usable;
    this.start = page == 1 ? SqliteHeader.LENGTH : 0;
  }

  /** The type byte. */
  int type() {
    return bytes[start] & 0xFF;
  }

  /** Whether this is an inner page of a table or an index. */
  boolean isInterior() {
    return isInterior(type());
  }

  static boolean isInterior(int type) {
    return type == INTERIOR_INDEX || type == INTERIOR_TABLE;
  }

  /** Tells the page numbers of all children of an interior page, as they stand there. */
  void forEachChild(LongConsumer consumer) {
    int cells = cellCount();
    for (int i = 0; i < cells; i++) {
      int cell = cellAt(i, 12);
      if (cell >= 0) {
        consumer.accept(u32(cell));
      }
    }
    consumer.accept(u32(start + 8));
  }

  /** Number of cells, no more than a page can hold. */
  int cellCount() {
    return Math.min(u16(start + 3), (usable - start) / 2);
  }

  /** Offset of a cell, or -1 when it points outside. */
  int cellAt(int i, int headerLength) {
    int at = start + headerLength + 2 * i;
    if (at + 2 > usable) {
      return -1;
    }
    int cell = u16(at);
    return cell < start + headerLength || cell + 4 > usable ? -1 : cell;
  }

  /**
   * What a cell of a leaf page of a table holds.
   *
   * @param rowid the row
   * @param local the part of the payload that lies on this page
   * @param payloadLength of all of it, in bytes
   * @param overflow the page where it goes on, or 0
   */
  record TableCell(long rowid, byte[] local, long payloadLength, long overflow) {}

  /** Reads a cell of a table's leaf page, or null when it does not fit in the page. */
  @org.jspecify.annotations.Nullable
  TableCell tableCell(int i) {
    int cell = cellAt(i, 8);
    if (cell < 0) {
      return null;
    }
    Varint length = Varint.read(bytes, cell, usable);
    Varint rowid = Varint.read(bytes, length.next(), usable);
    long payload = length.value();
    int at = rowid.next();
    int local = localBytes(payload);
    boolean spills = local < payload;
    if (payload < 0 || at + local + (spills ? 4 : 0) > usable) {
      return null;
    }
    return new TableCell(
        rowid.value(),
        Arrays.copyOfRange(bytes, at, at + local),
        payload,
        spills ? u32(at + local) : 0);
  }

  /** The page where the payload of a cell of any page goes on; 0 when it is all here. */
  long overflowOf(int i) {
    int type = type();
    if (type != LEAF_TABLE && type != LEAF_INDEX && type != INTERIOR_INDEX) {
      return 0;
    }
    int cell = cellAt(i, isInterior() ? 12 : 8);
    if (cell < 0) {
      return 0;
    }
    Varint length = Varint.read(bytes, isInterior() ? cell + 4 : cell, usable);
    int at = type == LEAF_TABLE ? Varint.read(bytes, length.next(), usable).next() : length.next();
    int max = type == LEAF_TABLE ? usable - 35 : (usable - 12) * 64 / 255 - 23;
    int local = localBytes(length.value(), max);
    return local < length.value() && at + local + 4 <= usable ? u32(at + local) : 0;
  }

  /**
   * The part of a payload that lies on its page.
   *
   * @param at offset in the page
   * @param length bytes
   */
  record LocalPayload(int at, int length) {}

  /** Where the payload of a cell of an index's page lies, or null when it does not fit. */
  @org.jspecify.annotations.Nullable
  LocalPayload indexCell(int i) {
    // In an interior page the pointer to the child on the left comes first.
    int cell = isInterior() ? cellAt(i, 12) + 4 : cellAt(i, 8);
    if (cell < (isInterior() ? 4 : 0)) {
      return null;
    }
    Varint length = Varint.read(bytes, cell, usable);
    int max = (usable - 12) * 64 / 255 - 23;
    int local = localBytes(length.value(), max);
    return length.value() <= 0 || length.next() + local > usable
        ? null
        : new LocalPayload(length.next(), local);
  }

  /** How much of a payload of a table's row lies on the leaf page itself. */
  private int localBytes(long payload) {
    return localBytes(payload, usable - 35);
  }

  /** How much of a payload lies on its page, of which it may take so much. */
  private int localBytes(long payload, int max) {
    if (payload <= max) {
      return (int) Math.max(payload, 0);
    }
    int min = (usable - 12) * 32 / 255 - 23;
    long surplus = min + (payload - min) % (usable - 4);
    return (int) (surplus <= max ? surplus : min);
  }

  private int u16(int at) {
    return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
  }

  private long u32(int at) {
    return (long) u16(at) << 16 | u16(at + 2);
  }

  /**
   * SQLite's variable-length integer.
   *
   * @param value as signed 64-bit
   * @param next offset of the byte after it
   */
  record Varint(long value, int next) {
    /** Reads one; beyond the limit it counts as 0. */
    static Varint read(byte[] bytes, int at, int limit) {
      long value = 0;
      for (int i = 0; i < 9; i++) {
        if (at + i >= limit) {
          return new Varint(0, limit);
        }
        int b = bytes[at + i];
        if (i == 8) {
          return new Varint(value << 8 | b & 0xFF, at + 9);
        }
        value = value << 7 | b & 0x7F;
        if (b >= 0) {
          return new Varint(value, at + i + 1);
        }
      }
      throw new AssertionError("nine bytes end a varint");
    }
  }
}
