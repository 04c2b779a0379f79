package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameKind;
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

/** The history of a volume as plain maps of pages, against which grafts are held. */
final class Oracle {
  /** One state: the pages that are not zero, and the count. */
  private record Version(
      Map<Long, byte[]> pages, long count, Set<Long> touched, Position position) {}

  private final PageSize size;
  private final List<Version> versions = new ArrayList<>();

  Oracle(PageSize size, Position start) {
    this.size = size;
    versions.add(new Version(Map.of(), 0, Set.of(), start));
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
    for (long page = 1; page <= after.count; page++) {
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

  PageSize size() {
    return size;
  }

  /** Reads what a map names, by ranges alone, as a client does. */
  static final class Source implements LeafSource {
    private final Remote remote;
    private final Map<FrameRef, Frame> frames = new HashMap<>();

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
      Frame frame = frame(place.ref());
      assertThat(frame.header().kind()).isEqualTo(FrameKind.LEAF);
      return place.open(frame.content());
    }

    @Override
    public Branch branch(BranchPlace place) {
      return place.open(frame(place.ref()).content());
    }
  }
}
