package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds rollups against what lies beneath them, and checkpoints against the one before and the
 * commits since: every page of theirs must have the same bytes. Where two maps name the same frame
 * nothing is read.
 */
final class DeepCheck {
  private static final int FRAMES_KEPT_BYTES = 16 << 20;

  private final VolumeId volume;
  private final StateRecord state;
  private final History history;
  private final StoredMaps maps;
  private final FrameReader frames;
  private final Findings findings;
  private final BoundedCache<FrameRef, Frame> kept =
      new BoundedCache<>(FRAMES_KEPT_BYTES, frame -> frame.content().length);

  DeepCheck(
      VolumeId volume,
      StateRecord state,
      History history,
      StoredMaps maps,
      FrameReader frames,
      Findings findings) {
    this.volume = volume;
    this.state = state;
    this.history = history;
    this.maps = maps;
    this.frames = frames;
    this.findings = findings;
  }

  void check(List<ObjectKey> derivedKeys, Lsn head) {
    for (ObjectKey key : derivedKeys) {
      Keys.blockOf(volume, state.generation(), key)
          .filter(block -> block.first().isAfter(state.floor()) && !block.last().isAfter(head))
          .ifPresent(block -> findings.check(key, () -> rollup(key, block)));
    }
    Lsn before = Lsn.ZERO;
    @Nullable Root beneath = null;
    for (StateRecord.KeptCheckpoint checkpoint : state.checkpoints()) {
      Lsn lsn = checkpoint.position().lsn();
      ObjectKey key = Keys.checkpoint(volume, checkpoint.id());
      // The way to those up to the floor is given up: nothing is left to hold them against.
      if (lsn.isAfter(state.floor())) {
        Lsn from = before;
        Root base = beneath;
        findings.check(key, () -> checkpoint(key, checkpoint, from, base));
      }
      if (!lsn.isBefore(state.floor())) {
        Optional<Root> root =
            findings.check(key, () -> history.checkpoint(volume, checkpoint).root());
        before = root.isPresent() ? lsn : before;
        beneath = root.orElse(beneath);
      }
    }
  }

  private boolean rollup(ObjectKey key, Block block) {
    List<Root> newestFirst = new ArrayList<>();
    for (Block child : block.children()) {
      newestFirst.addFirst(part(child));
    }
    Root actual = part(block);
    return same(key, history.lay(newestFirst), actual, false);
  }

  private Root part(Block block) {
    return history
        .part(volume, state.generation(), block)
        .orElseThrow(
            () -> new GraftException.NotFound("the map of " + block + " is missing beneath it"))
        .root();
  }

  private boolean checkpoint(
      ObjectKey key, StateRecord.KeptCheckpoint checkpoint, Lsn from, @Nullable Root beneath) {
    List<Root> newestFirst = new ArrayList<>();
    if (beneath != null) {
      newestFirst.add(beneath);
    }
    for (long lsn = from.value() + 1; lsn <= checkpoint.position().lsn().value(); lsn++) {
      newestFirst.addFirst(part(Block.ofCommit(new Lsn(lsn))));
    }
    Root actual = history.checkpoint(volume, checkpoint).root();
    return same(key, history.lay(newestFirst), actual, true);
  }

  /** Compares all pages that either map mentions; tells of the first that differs. */
  private boolean same(ObjectKey key, Root expected, Root actual, boolean whole) {
    if (!expected.count().equals(actual.count())
        || (!whole && !expected.smallest().equals(actual.smallest()))) {
      findings.add(
          key,
          "it has "
              + actual.count()
              + " pages (at least "
              + actual.smallest()
              + " since its beginning), and the commits say "
              + expected.count()
              + " ("
              + expected.smallest()
              + ")");
      return false;
    }
    Root open = expanded(expected);
    Root openActual = expanded(actual);
    TreeSet<Integer> windows = new TreeSet<>(open.windows().keySet());
    windows.addAll(openActual.windows().keySet());
    for (int window : windows) {
      Leaf wanted = Maps.window(open, window, whole, maps);
      Leaf there = Maps.window(openActual, window, whole, maps);
      long page = differing(wanted, there, actual.count().value());
      if (page >= 0) {
        findings.add(key, "page " + page + " is not as the commits say");
        return false;
      }
    }
    return true;
  }

  private Root expanded(Root root) {
    Root open = root;
    for (BranchPlace place : root.branches()) {
      open = open.expand(maps.branch(place));
    }
    return open;
  }

  private long differing(@Nullable Leaf wanted, @Nullable Leaf there, long count) {
    PageSet live = live(wanted).union(live(there)).cut(count);
    PageSet cleared =
        wanted == null || there == null
            ? PageSet.empty()
            : wanted.cleared().cut(count).difference(there.cleared().cut(count));
    if (!cleared.isEmpty()) {
      return cleared.first();
    }
    var pages = live.iterator();
    while (pages.hasNext()) {
      long page = pages.nextLong();
      FrameRef one = place(wanted, page);
      FrameRef other = place(there, page);
      boolean same =
          one != null
              && other != null
              && (one.equals(other) || Arrays.equals(page(one, page), page(other, page)));
      if (!same) {
        return page;
      }
    }
    return -1;
  }

  private static PageSet live(@Nullable Leaf leaf) {
    return leaf == null ? PageSet.empty() : leaf.live();
  }

  private static @Nullable FrameRef place(@Nullable Leaf leaf, long page) {
    int ordinal = leaf == null ? Leaf.ABSENT : leaf.find(page);
    return ordinal < 0 ? null : Objects.requireNonNull(leaf).frame(ordinal);
  }

  private byte[] page(FrameRef ref, long page) {
    Frame frame = kept.get(ref);
    if (frame == null) {
      byte[] bytes = Objects.requireNonNull(frames.read(List.of(ref)).get(ref));
      frame = Frame.decode(bytes, 0, bytes.length, ref);
      kept.put(ref, frame);
    }
    return frame.page(page);
  }
}
