package dev.graft.engine;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameDecoder;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FramePacker;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Brings the small pages of a map together (rule 4.9): of its frames whose raw size is below 64
 * KiB, the pages that are live are encoded anew, hot ones first and in frames of their own, into
 * one segment, and the map names them there. Frames of 64 KiB raw or more stay where they are.
 */
final class Packer {
  /** Frames with so many bytes of pages, whether live or not, are never packed. */
  static final int SMALL_RAW_BYTES = 64 * 1024;

  /** The most bytes of pages that one pack takes in. */
  static final int MAX_RAW_BYTES = 16 << 20;

  /** The most range reads that a pack is worth. */
  static final int MAX_READS = 512;

  /** A small frame cannot be stored in more: its pages, uncompressed, and what frames it. */
  private static final int MAX_STORED_BYTES = SMALL_RAW_BYTES + Frame.MAX_OVERHEAD_BYTES;

  private final FrameReader frames;

  Packer(FrameReader frames) {
    this.frames = frames;
  }

  /** A frame, and which of its pages the map still uses. */
  private record Input(FrameRef ref, boolean hot, List<PageSet> live) {
    long pages() {
      return live.stream().mapToLong(PageSet::cardinality).sum();
    }
  }

  /** Where a page's bytes are in memory. */
  private record InMemory(byte[] content, int offset) {}

  /** The same map with its small pages in the segment; the map itself when it has none. */
  Root pack(Root root, PageSize pageSize, NewSegment segment) {
    List<Input> inputs = within(candidates(root, pageSize), pageSize);
    if (inputs.size() < 2) {
      return root;
    }
    TreeMap<Long, InMemory> hot = new TreeMap<>();
    TreeMap<Long, InMemory> other = new TreeMap<>();
    Map<FrameRef, byte[]> bytes = frames.read(inputs.stream().map(Input::ref).toList());
    try (FrameDecoder decoder = new FrameDecoder()) {
      for (Input input : inputs) {
        byte[] stored = Objects.requireNonNull(bytes.get(input.ref));
        Frame frame = decoder.decode(stored, 0, stored.length, input.ref);
        if (frame.header().rawBytes() < SMALL_RAW_BYTES) {
          collect(input, frame, input.hot ? hot : other);
        }
      }
    }
    return hot.isEmpty() && other.isEmpty() ? root : packed(root, pageSize, hot, other, segment);
  }

  private static void collect(Input input, Frame frame, Map<Long, InMemory> into) {
    for (PageSet live : input.live) {
      live.forEach(page -> {
        int offset = frame.pageOffset(page);
        if (offset < 0) {
          frame.page(page); // says what is wrong
        }
        into.put(page, new InMemory(frame.content(), offset));
      });
    }
  }

  private static Root packed(
      Root root,
      PageSize pageSize,
      TreeMap<Long, InMemory> hot,
      TreeMap<Long, InMemory> other,
      NewSegment segment) {
    RootBuilder places = Root.builder(root.count(), root.count());
    FramePacker packer =
        new FramePacker(
            pageSize,
            (isHot, pages, raw, lengthBytes) -> {
              FrameRef ref = segment.addPages(isHot, pages, raw, lengthBytes);
              pages.forEachRun(
                  (first, count) -> places.addFrame(ref, isHot, first, first + count - 1));
            });
    hot.forEach((page, at) -> packer.add(page, true, at.content, at.offset));
    packer.flush();
    other.forEach((page, at) -> packer.add(page, false, at.content, at.offset));
    packer.flush();
    return Maps.lay(places.build(), root);
  }

  /**
   * The frames that may be small, with their live pages. Only the newest leaf of a window is looked
   * at, and only when it lies in the map itself: what lies under a leaf in a frame may be hidden by
   * it, and would come to the top if it were packed.
   */
  private static List<Input> candidates(Root root, PageSize pageSize) {
    Map<FrameRef, Input> inputs = new LinkedHashMap<>();
    for (List<LeafLayer> layers : root.windows().values()) {
      if (layers.getFirst().place() instanceof LeafPlace.Inline(Leaf leaf)) {
        for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
          FrameRef ref = leaf.frame(ordinal);
          boolean hot = leaf.hot(ordinal);
          inputs
              .computeIfAbsent(ref, key -> new Input(key, hot, new ArrayList<>()))
              .live()
              .add(leaf.live(ordinal));
        }
      }
    }
    List<Input> candidates = new ArrayList<>(inputs.values());
    candidates.removeIf(input ->
        input.ref.lengthBytes() > MAX_STORED_BYTES
            || input.pages() * pageSize.bytes() >= SMALL_RAW_BYTES);
    return candidates;
  }

  /** Hot ones first, then the newest, until there are enough. */
  private static List<Input> within(List<Input> candidates, PageSize pageSize) {
    candidates.sort(
        Comparator.comparing((Input input) -> !input.hot)
            .thenComparing(input -> age(input.ref.owner()), Comparator.reverseOrder())
            .thenComparingInt(input -> input.ref.number()));
    List<Input> taken = new ArrayList<>();
    long rawBytes = 0;
    for (Input input : candidates) {
      rawBytes += input.pages() * pageSize.bytes();
      if (rawBytes > MAX_RAW_BYTES || taken.size() == MAX_READS) {
        break;
      }
      taken.add(input);
    }
    return taken;
  }

  /** Of commits the LSN, of segments the time: larger is newer among owners of one kind. */
  private static Long age(FrameOwner owner) {
    return switch (owner) {
      case FrameOwner.InCommit in -> in.lsn().value();
      case FrameOwner.InSegment in -> in.segment().epochMillis();
    };
  }
}
