package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.LeafSource;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.PageLookup;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The history of a volume as plain maps of pages, against which grafts are held. */
final class Oracle {
  /** One state: the pages that are not zero, and the count. */
  private record Version(
      Map<Long, byte[]> pages, long count, Set<Long> touched, Position position) {}

  private static final long LARGE = 2_000_000;

  private final PageSize size;
  private final List<Version> versions = new ArrayList<>();

  Oracle(PageSize size, Position start) {
    this.size = size;
    versions.add(new Version(Map.of(), 0, Set.of(), start));
  }

  /**
   * The history of a fork: LSN 1 is what the parent was at an LSN.
   *
   * @param start of the child, at LSN 0
   * @param first of the child, at LSN 1
   */
  Oracle fork(int lsn, Position start, Position first) {
    Version at = versions.get(lsn);
    Oracle child = new Oracle(size, start);
    child.versions.add(new Version(at.pages, at.count, at.pages.keySet(), first));
    return child;
  }

  int head() {
    return versions.size() - 1;
  }

  Position position(int lsn) {
    return versions.get(lsn).position;
  }

  long count(int lsn) {
    return versions.get(lsn).count;
  }

  /** Takes a commit that landed. */
  void commit(Writes writes, Position position) {
    Version last = versions.getLast();
    Map<Long, byte[]> pages = new HashMap<>(last.pages);
    pages.keySet().removeIf(page -> page > writes.smallest);
    writes.cleared.keySet().forEach(pages::remove);
    pages.putAll(writes.pages);
    Set<Long> touched = new HashSet<>(writes.pages.keySet());
    touched.addAll(writes.cleared.keySet());
    assertThat(position.lsn().value()).isEqualTo(versions.size());
    versions.add(new Version(pages, writes.count, touched, position));
  }

  /** Takes a commit that went back to an LSN: of the pages touched since, any may be mentioned. */
  void revert(int to, Position position) {
    Version then = versions.get(to);
    Set<Long> touched = new HashSet<>();
    for (int lsn = to + 1; lsn <= head(); lsn++) {
      touched.addAll(versions.get(lsn).touched);
    }
    // What a truncation has hidden since comes back too.
    Map<Long, byte[]> now = versions.getLast().pages;
    then.pages.forEach((page, bytes) -> {
      if (now.get(page) != bytes) {
        touched.add(page);
      }
    });
    assertThat(position.lsn().value()).isEqualTo(versions.size());
    versions.add(new Version(then.pages, then.count, touched, position));
  }

  /** The pages whose content is another at two LSNs. */
  Set<Long> different(int one, int other) {
    Map<Long, byte[]> a = versions.get(one).pages;
    Map<Long, byte[]> b = versions.get(other).pages;
    Set<Long> pages = new TreeSet<>(a.keySet());
    pages.addAll(b.keySet());
    pages.removeIf(page -> a.get(page) == b.get(page));
    return pages;
  }

  /** Asserts that the graft says exactly what changed from one LSN to another. */
  void check(String what, Graft graft, int since, int upto, Remote remote) {
    assertThat(graft.from()).as(what).isEqualTo(position(since));
    assertThat(graft.upto()).as(what).isEqualTo(position(upto));
    Version before = versions.get(since);
    Version after = versions.get(upto);
    assertThat(graft.root().count().value()).as(what).isEqualTo(after.count);
    Set<Long> touched = new HashSet<>();
    for (int lsn = since + 1; lsn <= upto; lsn++) {
      touched.addAll(versions.get(lsn).touched);
    }
    Source source = new Source(remote);
    for (long page : worthALook(upto)) {
      byte[] wanted = after.pages.get(page);
      byte[] old = before.pages.get(page);
      boolean right =
          switch (Maps.find(graft.root(), page, source)) {
            case PageLookup.Found(FrameRef frame, boolean hot) ->
                touched.contains(page) && Arrays.equals(source.frame(frame).page(page), wanted);
            case PageLookup.Cleared() -> wanted == null;
            case PageLookup.Absent() ->
                page <= graft.root().smallest().value() ? wanted == old : wanted == null;
          };
      if (!right) {
        throw new AssertionError(
            "%s: page %d of (%d, %d] is %s"
                .formatted(what, page, since, upto, Maps.find(graft.root(), page, source)));
      }
    }
  }

  /** All pages; of a large volume only those ever touched, and their neighbours. */
  private Iterable<Long> worthALook(int upto) {
    long count = versions.get(upto).count;
    TreeSet<Long> pages = new TreeSet<>();
    if (count <= LARGE) {
      for (long page = 1; page <= count; page++) {
        pages.add(page);
      }
      return pages;
    }
    for (Version version : versions) {
      for (long page : version.touched) {
        pages.addAll(List.of(page - 1, page, page + 1));
      }
    }
    pages.removeIf(page -> page < 1 || page > count);
    return pages;
  }

  PageSize size() {
    return size;
  }

  /** Reads what a map names, by ranges alone, as a client does. */
  static final class Source implements LeafSource {
    private final Remote remote;
    private final Map<FrameRef, Frame> frames = new HashMap<>();
    private final Map<LeafPlace.InFrame, Leaf> leaves = new HashMap<>();
    private final Map<BranchPlace, Branch> branches = new HashMap<>();

    Source(Remote remote) {
      this.remote = remote;
    }

    Frame frame(FrameRef ref) {
      return frames.computeIfAbsent(
          ref,
          wanted -> {
            RangeOutcome outcome =
                remote.readRange(wanted.owner(), wanted.offsetBytes(), wanted.lengthBytes());
            if (outcome instanceof RangeOutcome.Found(byte[] bytes)) {
              return Frame.decode(bytes, 0, bytes.length, wanted);
            }
            throw new AssertionError("missing: " + wanted);
          });
    }

    @Override
    public Leaf leaf(LeafPlace.InFrame place) {
      return leaves.computeIfAbsent(place, wanted -> wanted.open(frame(wanted.ref()).content()));
    }

    @Override
    public Branch branch(BranchPlace place) {
      return branches.computeIfAbsent(place, wanted -> wanted.open(frame(wanted.ref()).content()));
    }
  }
}
