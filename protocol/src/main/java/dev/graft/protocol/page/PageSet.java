package dev.graft.protocol.page;

import dev.graft.protocol.error.GraftException;
import java.util.Arrays;
import java.util.Objects;
import java.util.PrimitiveIterator;
import java.util.function.LongConsumer;

/**
 * An immutable, compressed set of page indexes: unsigned 32-bit numbers, carried in {@code long}s.
 *
 * <p>Its bytes are a Splinter V2b (docs/formats.md), as the crate splinter-rs 0.12.1 and later
 * writes it from sorted input after {@code optimize()}. One set has exactly one encoding, and
 * {@link #decode} takes no other: equal sets are equal bytes. Every look-up, walk and operation
 * reads those bytes in place.
 *
 * <p>The whole range 0..2^32-1 is allowed, although 0 is no page: callers that mean pages look at
 * {@link #first}. An index outside of it is in no set, and adding one is {@link
 * GraftException.Misuse}.
 *
 * <p>Safe for use by many threads.
 */
public final class PageSet {
  private static final PageSet EMPTY = new PageSet(new byte[] {Splinter.EMPTY});

  /** How many ranges {@link #toString} shows. */
  private static final int SHOWN_RANGES = 8;

  /** The encoding without CRC and magic. Never changed, never handed out. */
  private final byte[] root;

  private final long cardinality;

  /**
   * The highest partition with more than one child, where {@link #contains} starts: its end, bits,
   * and what the members have above these bits.
   */
  private final int topEnd;

  private final int topBits;
  private final long topPrefix;

  private PageSet(byte[] root) {
    this.root = root;
    this.cardinality = SplinterReader.cardinality(root);
    int end = root.length;
    int bits = 32;
    long prefix = 0;
    while (root[end - 1] == Splinter.TREE && root[end - 2] == 0) {
      TreePart tree = new TreePart(root, end, bits);
      prefix = prefix << 8 | tree.segment(0);
      end = tree.childEnd(0);
      bits -= 8;
    }
    topEnd = end;
    topBits = bits;
    topPrefix = prefix;
  }

  private static PageSet of(Ranges ranges) {
    return ranges.isEmpty() ? EMPTY : new PageSet(SplinterWriter.encode(ranges));
  }

  /** The set without members. */
  public static PageSet empty() {
    return EMPTY;
  }

  /**
   * The set of these indexes, in any order and as often as one likes.
   *
   * @throws GraftException.Misuse if one is not in 0..2^32-1
   */
  public static PageSet of(long... indexes) {
    long[] ascending = indexes;
    for (int i = 1; i < indexes.length; i++) {
      if (indexes[i] < indexes[i - 1]) {
        // Only when it has to be: the first sort of a JVM costs 5 ms.
        ascending = indexes.clone();
        Arrays.sort(ascending);
        break;
      }
    }
    Builder builder = builder();
    for (int i = 0; i < ascending.length; i++) {
      if (i == 0 || ascending[i] != ascending[i - 1]) {
        builder.add(ascending[i]);
      }
    }
    return builder.build();
  }

  /**
   * All indexes from {@code first} to {@code lastInclusive}.
   *
   * @throws GraftException.Misuse if the range is turned round or leaves 0..2^32-1
   */
  public static PageSet ofRange(long first, long lastInclusive) {
    return builder().addRange(first, lastInclusive).build();
  }

  /** Starts a set that is built in ascending order. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads what {@link #toBytes} wrote. Takes time and memory linear in the number of bytes.
   *
   * @throws GraftException.Corrupt if the bytes are not exactly the one encoding of a set; valid
   *     Splinters that were not built from sorted input and optimized are refused, too
   */
  public static PageSet decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /**
   * Reads {@code bytes[offset, offset + length)}, see {@link #decode(byte[])}. The bytes are
   * copied.
   */
  public static PageSet decode(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return new PageSet(SplinterCheck.root(bytes, offset, length));
  }

  /** The encoding, with CRC and magic: a fresh array of {@link #encodedLength} bytes. */
  public byte[] toBytes() {
    byte[] bytes = Arrays.copyOf(root, encodedLength());
    Ints.putLongLittleEndian(bytes, root.length, Crc64Nvme.of(root, 0, root.length));
    Ints.put(bytes, root.length + Splinter.CRC_BYTES, 4, Splinter.MAGIC);
    return bytes;
  }

  /** Bytes of the encoding. */
  public int encodedLength() {
    return root.length + Splinter.FOOTER_BYTES;
  }

  /** How many members there are, 0..2^32. */
  public long cardinality() {
    return cardinality;
  }

  /** Whether there is no member. */
  public boolean isEmpty() {
    return cardinality == 0;
  }

  /** Whether the index is a member. */
  public boolean contains(long idx) {
    return idx >>> topBits == topPrefix
        && SplinterReader.contains(root, topEnd, topBits, (int) idx);
  }

  /** How many members are not above the index. */
  public long rank(long idx) {
    if (idx < 0) {
      return 0;
    }
    return idx > PageIdx.MAX_VALUE ? cardinality : SplinterReader.rank(root, (int) idx);
  }

  /**
   * The n-th member in ascending order, counted from 0.
   *
   * @throws GraftException.Misuse if there are not that many
   */
  public long select(long n) {
    if (n < 0 || n >= cardinality) {
      throw new GraftException.Misuse(
          "member " + n + " of a set with " + cardinality + " members was asked for");
    }
    return SplinterReader.select(root, n) & PageIdx.MAX_VALUE;
  }

  /**
   * The smallest member.
   *
   * @throws GraftException.Misuse if the set is empty
   */
  public long first() {
    return select(0);
  }

  /**
   * The largest member.
   *
   * @throws GraftException.Misuse if the set is empty
   */
  public long last() {
    return select(cardinality - 1);
  }

  /** The members of this set and of the other one. */
  public PageSet union(PageSet other) {
    if (other.isEmpty() || this == other) {
      return this;
    }
    return isEmpty() ? other : of(RangeMerge.union(ranges(), other.ranges()));
  }

  /** The members that both sets have. */
  public PageSet intersection(PageSet other) {
    if (isEmpty() || this == other) {
      return this;
    }
    return other.isEmpty() ? EMPTY : of(RangeMerge.intersection(ranges(), other.ranges()));
  }

  /** The members of this set that the other one does not have. */
  public PageSet difference(PageSet other) {
    if (isEmpty() || other.isEmpty()) {
      return this;
    }
    return this == other ? EMPTY : of(RangeMerge.difference(ranges(), other.ranges()));
  }

  /** The members that are not above {@code lastKept}, which may be any number. */
  public PageSet cut(long lastKept) {
    if (isEmpty() || lastKept >= last()) {
      return this;
    }
    return lastKept < 0 ? EMPTY : intersection(ofRange(0, lastKept));
  }

  /** The members that are not below {@code firstKept}, which may be any number. */
  public PageSet from(long firstKept) {
    if (isEmpty() || firstKept <= first()) {
      return this;
    }
    return firstKept > PageIdx.MAX_VALUE
        ? EMPTY
        : intersection(ofRange(firstKept, PageIdx.MAX_VALUE));
  }

  /** Hands every member to the action, in ascending order. */
  public void forEach(LongConsumer action) {
    SplinterWalk.forEach(root, action);
  }

  /** Hands every range to the action, in ascending order, each as long as it can be. */
  public void forEachRange(RangeConsumer action) {
    RangeCursor ranges = ranges();
    while (ranges.next()) {
      action.accept(ranges.first & PageIdx.MAX_VALUE, ranges.last & PageIdx.MAX_VALUE);
    }
  }

  /** The members in ascending order; for one thread, while the set itself is for many. */
  public PrimitiveIterator.OfLong iterator() {
    return new MemberIterator(ranges());
  }

  private RangeCursor ranges() {
    return new RangeCursor(root);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PageSet set && Arrays.equals(root, set.root);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(root);
  }

  /** The first ranges and the number of members, for example {@code {1-5,9 | 6 pages}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    RangeCursor ranges = ranges();
    for (int i = 0; ranges.next(); i++) {
      if (i == SHOWN_RANGES) {
        text.append(",...");
        break;
      }
      text.append(i == 0 ? "" : ",").append(Integer.toUnsignedString(ranges.first));
      if (ranges.last != ranges.first) {
        text.append('-').append(Integer.toUnsignedString(ranges.last));
      }
    }
    text.append(isEmpty() ? "" : " ").append("| ").append(cardinality);
    return text.append(cardinality == 1 ? " page}" : " pages}").toString();
  }

  /** Takes ranges of page indexes. */
  @FunctionalInterface
  public interface RangeConsumer {
    /** Takes the range from {@code first} to {@code last}, both included. */
    void accept(long first, long last);
  }

  /** Collects a set in ascending order. One thread. */
  public static final class Builder {
    private final Ranges ranges = new Ranges();
    private long next;

    private Builder() {}

    /**
     * Adds an index.
     *
     * @throws GraftException.Misuse if it is not above the last one added or not in 0..2^32-1
     */
    public Builder add(long idx) {
      return addRange(idx, idx);
    }

    /**
     * Adds all indexes from {@code first} to {@code last}.
     *
     * @throws GraftException.Misuse if the range is turned round, does not start above the last
     *     index added or leaves 0..2^32-1
     */
    public Builder addRange(long first, long last) {
      if (first < next || last < first || last > PageIdx.MAX_VALUE) {
        throw new GraftException.Misuse(
            "range "
                + first
                + "-"
                + last
                + " does not lie within "
                + next
                + "-"
                + PageIdx.MAX_VALUE
                + "; add in ascending order");
      }
      ranges.add((int) first, (int) last);
      next = last + 1;
      return this;
    }

    /** The set of all that was added so far. */
    public PageSet build() {
      return PageSet.of(ranges);
    }
  }
}
