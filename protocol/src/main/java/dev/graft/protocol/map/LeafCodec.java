package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;

/** The bytes of a leaf, see docs/page-map.md. */
final class LeafCodec {
  static final int VERSION = 1;

  /** No leaf has more: every run but the last has a neighbour of another kind. */
  static final int MAX_ENTRIES = FrameTable.MAX_FRAMES + Leaf.WINDOW_PAGES;

  private LeafCodec() {}

  static byte[] encode(Leaf leaf) {
    WireWriter out = new WireWriter(1024);
    writeBody(out, leaf);
    byte[] bytes = out.seal().toBytes();
    if (bytes.length > Leaf.MAX_ENCODED_BYTES) {
      throw new GraftException.Limit(
          leaf + " encodes to " + bytes.length + " bytes; at most 1 MiB can be stored");
    }
    return bytes;
  }

  static Leaf decode(WireReader in) {
    Leaf leaf = readBody(in, MAX_ENTRIES);
    in.expectEnd();
    return leaf;
  }

  /** The leaf without a checksum, as it lies in a root or branch, too. */
  static void writeBody(WireWriter out, Leaf leaf) {
    out.u8(VERSION).varint(leaf.window());
    writeFrames(out, leaf.frames());
    writeExtents(out, leaf.extents());
    PageSet cleared = leaf.cleared();
    out.prefixed(cleared.isEmpty() ? new byte[0] : cleared.toBytes());
  }

  private static void writeFrames(WireWriter out, FrameTable frames) {
    OwnerTable.write(out, frames.owners);
    int size = frames.size();
    long[] framesOf = new long[frames.owners.length];
    long[] numbers = new long[size];
    long[] gaps = new long[size];
    long[] lengths = new long[size];
    long[] hot = new long[size];
    for (int i = 0; i < size; i++) {
      boolean sameOwner = i > 0 && frames.owner[i] == frames.owner[i - 1];
      // Counted less 1, since an owner without a frame is not in the table.
      framesOf[frames.owner[i]] += sameOwner ? 1 : 0;
      numbers[i] = frames.number[i] - (sameOwner ? frames.number[i - 1] + 1 : 0);
      gaps[i] =
          frames.offsetBytes[i]
              - (sameOwner ? frames.offsetBytes[i - 1] + frames.lengthBytes[i - 1] : 0);
      lengths[i] = frames.lengthBytes[i] - 1;
      hot[i] = frames.hot[i] ? 1 : 0;
    }
    Column.write(out, framesOf);
    Column.write(out, numbers);
    Column.write(out, gaps);
    Column.write(out, lengths);
    Column.write(out, hot);
  }

  private static void writeExtents(WireWriter out, Extents extents) {
    int live = 0;
    for (int i = 0; i < extents.size; i++) {
      live += extents.frame[i] >= 0 ? 1 : 0;
    }
    long[] gaps = new long[live];
    long[] counts = new long[live];
    long[] frames = new long[live];
    int at = 0;
    int next = 0;
    int expected = 0;
    for (int i = 0; i < extents.size; i++) {
      if (extents.frame[i] >= 0) {
        gaps[at] = extents.first[i] - next;
        counts[at] = extents.last[i] - extents.first[i];
        frames[at++] = zigzag(extents.frame[i] - expected);
        next = extents.last[i] + 1;
        expected = extents.frame[i] + 1;
      }
    }
    out.varint(live);
    Column.write(out, gaps);
    Column.write(out, counts);
    Column.write(out, frames);
  }

  /**
   * Reads a leaf.
   *
   * @param maxEntries more frames or runs are refused before anything is allocated for them
   */
  static Leaf readBody(WireReader in, int maxEntries) {
    in.version(VERSION);
    int window = in.varintInt("window", 0, Leaf.MAX_WINDOW);
    FrameTable frames = readFrames(in, maxEntries);
    Extents live = readExtents(in, frames.size(), maxEntries - frames.size());
    Extents cleared = readCleared(in, window);
    Extents all = live.over(cleared);
    if (all.size > maxEntries - frames.size()) {
      throw in.corrupt("more than " + maxEntries + " entries");
    }
    Leaf leaf = new Leaf(window, frames, all);
    if (!cleared.equals(onlyCleared(all))) {
      throw in.corrupt("a page is both live and cleared");
    }
    if (window == 0 && all.find(0) != Leaf.ABSENT) {
      throw in.corrupt("page 0 is mentioned");
    }
    return leaf;
  }

  private static FrameTable readFrames(WireReader in, int maxEntries) {
    int limit = Math.min(maxEntries, FrameTable.MAX_FRAMES);
    FrameOwner[] owners = OwnerTable.read(in, limit);
    long[] framesOf = Column.read(in, "frames of an owner", owners.length, limit - 1L);
    long size = 0;
    for (long frames : framesOf) {
      size += frames + 1;
    }
    if (size > limit) {
      throw in.corrupt(size + " frames are more than " + limit);
    }
    int count = (int) size;
    long[] numbers = Column.read(in, "frame number", count, FrameRef.MAX_FRAMES - 1L);
    long[] gaps = Column.read(in, "frame offset", count, FrameRef.MAX_OBJECT_BYTES);
    long[] lengths = Column.read(in, "frame length", count, FrameRef.MAX_OBJECT_BYTES - 1L);
    long[] hotColumn = Column.read(in, "hot flag", count, 1);
    int[] owner = new int[count];
    int[] number = new int[count];
    int[] offset = new int[count];
    int[] length = new int[count];
    boolean[] hot = new boolean[count];
    int at = 0;
    for (int o = 0; o < owners.length; o++) {
      long nextNumber = 0;
      long nextOffset = 0;
      for (long n = framesOf[o]; n >= 0; n--, at++) {
        nextNumber += numbers[at];
        nextOffset += gaps[at];
        if (nextNumber >= FrameRef.MAX_FRAMES
            || nextOffset + lengths[at] >= FrameRef.MAX_OBJECT_BYTES) {
          throw in.corrupt("frame " + at + " lies beyond what an object can hold");
        }
        owner[at] = o;
        number[at] = (int) nextNumber;
        offset[at] = (int) nextOffset;
        length[at] = (int) lengths[at] + 1;
        hot[at] = hotColumn[at] == 1;
        nextNumber++;
        nextOffset += length[at];
      }
    }
    return new FrameTable(owners, owner, number, offset, length, hot);
  }

  private static Extents readExtents(WireReader in, int frames, int maxExtents) {
    int limit = Math.max(0, Math.min(maxExtents, Leaf.WINDOW_PAGES));
    int count = in.varintInt("runs", 0, limit);
    long[] gaps = Column.read(in, "gap", count, Leaf.WINDOW_PAGES - 1L);
    long[] counts = Column.read(in, "pages of a run", count, Leaf.WINDOW_PAGES - 1L);
    long[] refs = Column.read(in, "frame of a run", count, 2L * FrameTable.MAX_FRAMES);
    Extents.Builder out = new Extents.Builder(count);
    boolean[] used = new boolean[frames];
    int usedFrames = 0;
    long next = 0;
    long frame = -1;
    for (int i = 0; i < count; i++) {
      long previous = frame;
      frame += 1 + unzigzag(refs[i]);
      long first = next + gaps[i];
      long last = first + counts[i];
      if (last >= Leaf.WINDOW_PAGES || frame < 0 || frame >= frames) {
        throw in.corrupt("run " + i + " lies outside of the window or names no frame");
      }
      if (gaps[i] == 0 && frame == previous) {
        throw in.corrupt("run " + i + " should be one with the run before it");
      }
      usedFrames += used[(int) frame] ? 0 : 1;
      used[(int) frame] = true;
      out.add((int) first, (int) last, (int) frame);
      next = last + 1;
    }
    if (usedFrames != frames) {
      throw in.corrupt("a frame is listed that has no page here");
    }
    return out.build();
  }

  private static Extents readCleared(WireReader in, int window) {
    byte[] bytes = in.prefixed("cleared pages", in.remaining());
    if (bytes.length == 0) {
      return Extents.EMPTY;
    }
    PageSet cleared = PageSet.decode(bytes);
    if (cleared.isEmpty()
        || Leaf.windowOf(cleared.first()) != window
        || Leaf.windowOf(cleared.last()) != window) {
      throw in.corrupt("the cleared pages are not pages of window " + window);
    }
    Extents.Builder out = new Extents.Builder(8);
    cleared.forEachRange(
        (first, last) -> out.add((int) first & 0xFFFF, (int) last & 0xFFFF, Leaf.CLEARED));
    return out.build();
  }

  private static Extents onlyCleared(Extents all) {
    Extents.Builder out = new Extents.Builder(8);
    for (int i = 0; i < all.size; i++) {
      if (all.frame[i] == Leaf.CLEARED) {
        out.add(all.first[i], all.last[i], Leaf.CLEARED);
      }
    }
    return out.build();
  }

  private static long zigzag(int value) {
    return (value << 1 ^ value >> 31) & 0xFFFF_FFFFL;
  }

  private static long unzigzag(long value) {
    return value >>> 1 ^ -(value & 1);
  }
}
