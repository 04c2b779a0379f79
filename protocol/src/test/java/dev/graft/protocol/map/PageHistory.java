package dev.graft.protocol.map;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameOwner.InCommit;
import dev.graft.protocol.frame.FrameOwner.InSegment;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A random history of a small volume: the state after each commit as a plain map of pages, and the
 * page map of each commit. Pages lie around the borders of windows and branches.
 */
final class PageHistory {
  /** Every page that ever matters, ascending. */
  static final long[] PAGES = pages();

  /** Where each page that is not zeros lies, after a commit. */
  record State(long count, Map<Long, FrameRef> pages) {}

  private static final VolumeId VOLUME = new VolumeId(1, 1);

  /** State 0 is the empty volume; state i is after commit i. */
  final List<State> states = new ArrayList<>();

  /** Root i-1 is of commit i. */
  final List<Root> roots = new ArrayList<>();

  private final Random random;

  PageHistory(Random random, int commits) {
    this.random = random;
    states.add(new State(0, Map.of()));
    for (int lsn = 1; lsn <= commits; lsn++) {
      commit(lsn);
    }
  }

  private static long[] pages() {
    List<Long> pages = new ArrayList<>();
    for (long border : new long[] {0, 65_536, 131_072, 1024L << 16, 0xFFFF_FFFFL}) {
      for (long page = border - 5; page < border + 6; page++) {
        if (page >= 1 && page <= 0xFFFF_FFFFL) {
          pages.add(page);
        }
      }
    }
    return pages.stream().mapToLong(Long::longValue).toArray();
  }

  private void commit(int lsn) {
    State base = states.getLast();
    Map<Long, FrameRef> pages = new HashMap<>(base.pages());
    Set<Long> written = new HashSet<>();
    Set<Long> cleared = new HashSet<>();
    long count = base.count();
    long smallest = base.count();
    for (int step = random.nextInt(4); step >= 0; step--) {
      if (random.nextInt(3) == 0) {
        // Truncation or growth; what a truncation takes is forgotten by this commit, too.
        count = random.nextInt(8) == 0 ? 0 : PAGES[random.nextInt(PAGES.length)];
        long last = count;
        smallest = Math.min(smallest, count);
        pages.keySet().removeIf(page -> page > last);
        written.removeIf(page -> page > last);
        cleared.removeIf(page -> page > last);
      } else {
        int from = random.nextInt(PAGES.length);
        int to = Math.min(PAGES.length, from + 1 + random.nextInt(12));
        for (int i = from; i < to; i++) {
          boolean clear = random.nextInt(4) == 0;
          (clear ? cleared : written).add(PAGES[i]);
          (clear ? written : cleared).remove(PAGES[i]);
          count = Math.max(count, PAGES[i]);
        }
      }
    }
    cleared.forEach(pages::remove);
    RootBuilder builder = Root.builder(new PageCount(count), new PageCount(smallest));
    builder.clear(PageSet.of(cleared.stream().mapToLong(Long::longValue).toArray()));
    write(lsn, written, builder, pages);
    states.add(new State(count, Map.copyOf(pages)));
    roots.add(builder.build());
  }

  private void write(int lsn, Set<Long> written, RootBuilder builder, Map<Long, FrameRef> pages) {
    FrameOwner owner =
        random.nextBoolean()
            ? new InCommit(VOLUME, new Lsn(lsn))
            : new InSegment(VOLUME, new SegmentId(random.nextLong(), lsn));
    TreeMap<Integer, List<Long>> frames = new TreeMap<>();
    int frameCount = 1 + random.nextInt(6);
    written.forEach(page ->
        frames.computeIfAbsent(random.nextInt(frameCount), _ -> new ArrayList<>()).add(page));
    long offset = 100;
    for (var each : frames.entrySet()) {
      int length = 1 + random.nextInt(5000);
      FrameRef ref = new FrameRef(owner, each.getKey(), offset, length);
      offset += length + random.nextInt(2);
      each.getValue().forEach(page -> pages.put(page, ref));
      builder.addFrame(
          ref,
          random.nextInt(3) == 0,
          PageSet.of(each.getValue().stream().mapToLong(Long::longValue).toArray()));
    }
  }
}
