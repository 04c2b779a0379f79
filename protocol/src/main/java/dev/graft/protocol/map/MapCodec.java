package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.LeafPlace.InFrame;
import dev.graft.protocol.map.LeafPlace.Inline;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The bytes of roots and branches, see docs/page-map.md. */
final class MapCodec {
  private static final int VERSION = 1;

  private static final int INLINE = 0;
  private static final int IN_FRAME = 1;
  private static final int IN_FRAME_WITH_CEILING = 2;

  /**
   * Runs and frames of all inline leaves of one root or branch: a few bytes can stand for many
   * equal ones, and this bounds the memory that a reader gives for them.
   */
  static final int MAX_INLINE_ENTRIES = 1 << 18;

  private MapCodec() {}

  static byte[] encode(Root root) {
    if (root.windows().size() > Root.MAX_WINDOWS) {
      throw new GraftException.Limit(
          root.windows().size() + " windows are more than a root may name; use branches");
    }
    TreeSet<FrameOwner> distinct = new TreeSet<>(OwnerTable.ORDER);
    collect(root.windows(), distinct);
    root.branches().forEach(branch -> distinct.add(branch.ref().owner()));
    root.hot().forEach(range -> distinct.add(range.owner()));
    FrameOwner[] owners = distinct.toArray(FrameOwner[]::new);
    WireWriter out = new WireWriter(1024);
    out.u8(VERSION).varint(root.count().value()).varint(root.smallest().value());
    OwnerTable.write(out, owners);
    writeWindows(out, root.windows(), 0, owners);
    out.varint(root.branches().size());
    for (BranchPlace branch : root.branches()) {
      out.u8(branch.number());
      writeRef(out, branch.ref(), owners);
      out.u32(branch.crc32c()).varint(LeafLayer.NO_CEILING - branch.ceiling());
    }
    out.varint(root.hot().size());
    for (HotRange range : root.hot()) {
      out.varint(indexOf(owners, range.owner()))
          .varint(range.offsetBytes())
          .varint(range.lengthBytes());
    }
    return sealed(out, "root", Root.MAX_ENCODED_BYTES);
  }

  static Root decodeRoot(WireReader in) {
    in.version(VERSION);
    PageCount count = new PageCount(in.varint("page count", 0, PageIdx.MAX_VALUE));
    PageCount smallest = new PageCount(in.varint("smallest page count", 0, count.value()));
    Owners owners = new Owners(OwnerTable.read(in, FrameTable.MAX_FRAMES));
    SortedMap<Integer, List<LeafLayer>> windows =
        readWindows(in, 0, Leaf.MAX_WINDOW, Root.MAX_WINDOWS, owners);
    int size = in.count("branches", Branch.MAX_NUMBER + 1, 10);
    List<BranchPlace> branches = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int number = in.u8();
      if (number > Branch.MAX_NUMBER || (i > 0 && number <= branches.getLast().number())) {
        throw in.corrupt("branch " + number + " is out of order");
      }
      FrameRef ref = readRef(in, owners);
      int crc32c = in.u32();
      long hidden = in.varint("ceiling", 0, LeafLayer.NO_CEILING);
      branches.add(new BranchPlace(number, ref, crc32c, LeafLayer.NO_CEILING - hidden));
    }
    int ranges = in.count("hot ranges", HotRange.MAX_RANGES, 3);
    List<HotRange> hot = new ArrayList<>(ranges);
    int restBytes = HotRange.MAX_TOTAL_BYTES;
    for (int i = 0; i < ranges; i++) {
      FrameOwner owner = owners.take(in);
      long offset = in.varint("hot range offset", 0, FrameRef.MAX_OBJECT_BYTES - 1L);
      int most = (int) Math.min(restBytes, FrameRef.MAX_OBJECT_BYTES - offset);
      int length = in.varintInt("hot range length", 1, most);
      hot.add(new HotRange(owner, offset, length));
      restBytes -= length;
    }
    owners.expectAllTaken(in);
    in.expectEnd();
    return new Root(count, smallest, windows, branches, hot);
  }

  static byte[] encode(Branch branch) {
    TreeSet<FrameOwner> distinct = new TreeSet<>(OwnerTable.ORDER);
    collect(branch.windows(), distinct);
    FrameOwner[] owners = distinct.toArray(FrameOwner[]::new);
    WireWriter out = new WireWriter(1024);
    out.u8(VERSION).u8(branch.number());
    OwnerTable.write(out, owners);
    writeWindows(out, branch.windows(), branch.number() * Branch.WINDOWS, owners);
    return sealed(out, "branch", Branch.MAX_ENCODED_BYTES);
  }

  static Branch decodeBranch(WireReader in) {
    in.version(VERSION);
    int number = in.u8();
    if (number > Branch.MAX_NUMBER) {
      throw in.corrupt("branch " + number + " is not in 0.." + Branch.MAX_NUMBER);
    }
    Owners owners = new Owners(OwnerTable.read(in, FrameTable.MAX_FRAMES));
    int first = number * Branch.WINDOWS;
    SortedMap<Integer, List<LeafLayer>> windows =
        readWindows(in, first, first + Branch.WINDOWS - 1, Branch.WINDOWS, owners);
    owners.expectAllTaken(in);
    in.expectEnd();
    return new Branch(number, windows);
  }

  private static byte[] sealed(WireWriter out, String what, int maxBytes) {
    byte[] bytes = out.seal().toBytes();
    if (bytes.length > maxBytes) {
      throw new GraftException.Limit(
          "a " + what + " of " + bytes.length + " bytes is too long; put its leaves into frames");
    }
    return bytes;
  }

  private static void collect(
      SortedMap<Integer, List<LeafLayer>> windows, TreeSet<FrameOwner> owners) {
    for (List<LeafLayer> layers : windows.values()) {
      for (LeafLayer layer : layers) {
        if (layer.place() instanceof InFrame place) {
          owners.add(place.ref().owner());
        }
      }
    }
  }

  private static void writeWindows(
      WireWriter out,
      SortedMap<Integer, List<LeafLayer>> windows,
      int firstWindow,
      FrameOwner[] owners) {
    out.varint(windows.size());
    int next = firstWindow;
    int entries = 0;
    for (var each : windows.entrySet()) {
      int window = each.getKey();
      List<LeafLayer> layers = each.getValue();
      if (layers.size() > Stacks.MAX_STORED_LAYERS) {
        throw new GraftException.Limit(
            "window " + window + " has " + layers.size() + " layers; fold them before storing");
      }
      out.varint(window - next).u8(layers.size());
      next = window + 1;
      for (LeafLayer layer : layers) {
        writeLayer(out, window, layer, owners);
        entries += layer.place() instanceof Inline(Leaf leaf) ? leaf.entries() : 0;
        if (entries > MAX_INLINE_ENTRIES) {
          throw new GraftException.Limit(
              "inline leaves have more than "
                  + MAX_INLINE_ENTRIES
                  + " entries; put them in frames");
        }
      }
    }
  }

  private static void writeLayer(WireWriter out, int window, LeafLayer layer, FrameOwner[] owners) {
    switch (layer.place()) {
      case Inline(Leaf leaf) -> {
        WireWriter body = new WireWriter(512);
        LeafCodec.writeBody(body, leaf);
        out.u8(INLINE).prefixed(body.toBytes());
      }
      case InFrame place -> {
        out.u8(layer.ceilingIsNone() ? IN_FRAME : IN_FRAME_WITH_CEILING);
        writeRef(out, place.ref(), owners);
        out.u32(place.crc32c()).varint(place.encodedBytes());
        if (!layer.ceilingIsNone()) {
          out.varint(layer.ceiling() - Stacks.firstPage(window));
        }
      }
    }
  }

  private static SortedMap<Integer, List<LeafLayer>> readWindows(
      WireReader in, int firstWindow, int lastWindow, int max, Owners owners) {
    int size = in.count("windows", max, 4);
    TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
    int next = firstWindow;
    int entries = MAX_INLINE_ENTRIES;
    for (int i = 0; i < size; i++) {
      int window = next + in.varintInt("window gap", 0, lastWindow - next);
      next = window + 1;
      int count = in.u8();
      if (count < 1 || count > Stacks.MAX_STORED_LAYERS) {
        throw in.corrupt("window " + window + " with " + count + " layers");
      }
      List<LeafLayer> layers = new ArrayList<>(count);
      for (int n = 0; n < count; n++) {
        LeafLayer layer = readLayer(in, window, entries, owners);
        entries -= layer.place() instanceof Inline(Leaf leaf) ? leaf.entries() : 0;
        layers.add(layer);
      }
      windows.put(window, layers);
    }
    return windows;
  }

  private static LeafLayer readLayer(WireReader in, int window, int maxEntries, Owners owners) {
    int tag = in.u8();
    return switch (tag) {
      case INLINE -> LeafLayer.inline(readInline(in, window, maxEntries));
      case IN_FRAME -> LeafLayer.inFrame(readPlace(in, owners));
      case IN_FRAME_WITH_CEILING -> {
        InFrame place = readPlace(in, owners);
        long first = Stacks.firstPage(window);
        // A ceiling at the last page hides nothing and is written as none.
        long above = in.varint("ceiling", 0, Stacks.lastPage(window) - 1 - first);
        yield new LeafLayer(place, first + above);
      }
      default -> throw in.corrupt("leaf place tag " + tag);
    };
  }

  private static InFrame readPlace(WireReader in, Owners owners) {
    FrameRef ref = readRef(in, owners);
    int crc32c = in.u32();
    return new InFrame(ref, crc32c, in.varintInt("leaf length", 1, Leaf.MAX_ENCODED_BYTES));
  }

  private static Leaf readInline(WireReader in, int window, int maxEntries) {
    WireReader body = in.nested("leaf of window " + window, Leaf.MAX_ENCODED_BYTES);
    Leaf leaf = LeafCodec.readBody(body, Math.min(maxEntries, LeafCodec.MAX_ENTRIES));
    body.expectEnd();
    if (leaf.isEmpty()) {
      throw in.corrupt("an inline leaf of window " + window + " says nothing");
    }
    if (leaf.window() != window) {
      throw in.corrupt("a leaf of window " + leaf.window() + " stands for window " + window);
    }
    return leaf;
  }

  private static void writeRef(WireWriter out, FrameRef ref, FrameOwner[] owners) {
    out.varint(indexOf(owners, ref.owner()))
        .varint(ref.number())
        .varint(ref.offsetBytes())
        .varint(ref.lengthBytes());
  }

  private static FrameRef readRef(WireReader in, Owners owners) {
    FrameOwner owner = owners.take(in);
    int number = in.varintInt("frame number", 0, FrameRef.MAX_FRAMES - 1);
    long offset = in.varint("frame offset", 0, FrameRef.MAX_OBJECT_BYTES - 1L);
    int length = in.varintInt("frame length", 1, (int) (FrameRef.MAX_OBJECT_BYTES - offset));
    return new FrameRef(owner, number, offset, length);
  }

  private static int indexOf(FrameOwner[] owners, FrameOwner owner) {
    return Arrays.binarySearch(owners, owner, OwnerTable.ORDER);
  }

  /** The owners that were read, and which of them something lies in. */
  private static final class Owners {
    private final FrameOwner[] owners;
    private final boolean[] taken;

    Owners(FrameOwner[] owners) {
      this.owners = owners;
      this.taken = new boolean[owners.length];
    }

    FrameOwner take(WireReader in) {
      int index = in.varintInt("frame owner", 0, Math.max(0, owners.length - 1));
      if (owners.length == 0) {
        throw in.corrupt("a frame without an owner");
      }
      taken[index] = true;
      return owners[index];
    }

    void expectAllTaken(WireReader in) {
      for (boolean each : taken) {
        if (!each) {
          throw in.corrupt("an owner is listed in which nothing lies");
        }
      }
    }
  }
}
