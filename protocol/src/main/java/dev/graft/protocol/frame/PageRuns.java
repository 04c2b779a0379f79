package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.Arrays;

/**
 * The pages of one frame, ascending, as runs of consecutive indexes. The place of a page in the
 * frame's content is its rank here, never its rank anywhere else. Immutable; at most {@link
 * #MAX_PAGES} pages; two runs never touch, so one set of pages has one form.
 */
public final class PageRuns {
  /** No frame has more pages: 128 KiB of pages of 512 bytes. */
  public static final int MAX_PAGES = 256;

  /** No pages: what a frame has that holds a part of a map. */
  public static final PageRuns NONE = new PageRuns(new int[0], new int[] {0});

  /** Sees one run. */
  @FunctionalInterface
  public interface RunConsumer {
    /**
     * Called in ascending order.
     *
     * @param firstIdx the first page index
     * @param count how many consecutive pages
     */
    void run(long firstIdx, int count);
  }

  /** First page index of each run, unsigned. */
  private final int[] firsts;

  /** Rank of each run's first page; one more at the end: the number of pages. */
  private final int[] ranks;

  private PageRuns(int[] firsts, int[] ranks) {
    this.firsts = firsts;
    this.ranks = ranks;
  }

  /** One run. */
  public static PageRuns of(long firstIdx, int count) {
    return new Builder().add(firstIdx, count).build();
  }

  /** How many pages. */
  public int count() {
    return ranks[firsts.length];
  }

  /** How many runs. */
  public int runs() {
    return firsts.length;
  }

  /** The first page index of a run, by its number from 0. */
  public long runFirst(int run) {
    return Integer.toUnsignedLong(firsts[run]);
  }

  /** The number of pages of a run, by its number from 0. */
  public int runCount(int run) {
    return ranks[run + 1] - ranks[run];
  }

  /** The smallest page index; there must be one. */
  public long first() {
    return runFirst(0);
  }

  /** The largest page index; there must be one. */
  public long last() {
    int run = firsts.length - 1;
    return runFirst(run) + runCount(run) - 1;
  }

  /** The rank of a page among the frame's pages, from 0, or -1 when it is not there. */
  public int position(long pageIdx) {
    int low = 0;
    int high = firsts.length - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      long gap = pageIdx - runFirst(mid);
      if (gap < 0) {
        high = mid - 1;
      } else if (gap >= runCount(mid)) {
        low = mid + 1;
      } else {
        return ranks[mid] + (int) gap;
      }
    }
    return -1;
  }

  /** The page index at a rank. */
  public long pageAt(int position) {
    int found = Arrays.binarySearch(ranks, 0, firsts.length, position);
    int run = found >= 0 ? found : -found - 2;
    return runFirst(run) + (position - ranks[run]);
  }

  /** Every run, ascending. */
  public void forEachRun(RunConsumer consumer) {
    for (int run = 0; run < firsts.length; run++) {
      consumer.run(runFirst(run), runCount(run));
    }
  }

  /** Appends the encoded form, see {@code docs/formats.md}, "Page runs". */
  void encode(WireWriter out) {
    out.varint(firsts.length);
    long next = 1;
    for (int run = 0; run < firsts.length; run++) {
      out.varint(runFirst(run) - next).varint(runCount(run) - 1);
      // Runs never touch: the page after a run cannot begin the next one.
      next = runFirst(run) + runCount(run) + 1;
    }
  }

  /** Reads the encoded form; refuses more pages than a frame can hold. */
  static PageRuns decode(WireReader in, int maxPages) {
    int runs = in.count("run count", maxPages, 2);
    if (runs == 0) {
      return NONE;
    }
    Builder builder = new Builder();
    long next = 1;
    for (int run = 0; run < runs; run++) {
      long first = next + in.varint("gap before a run", 0, PageIdx.MAX_VALUE);
      int count = in.varintInt("run length", 0, MAX_PAGES - 1) + 1;
      if (first + count - 1 > PageIdx.MAX_VALUE || count > maxPages - builder.count()) {
        throw in.corrupt("a run of " + count + " pages from page " + first + " cannot be");
      }
      builder.add(first, count);
      next = first + count + 1;
    }
    return builder.build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PageRuns runs
        && Arrays.equals(firsts, runs.firsts)
        && Arrays.equals(ranks, runs.ranks);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(firsts) + Arrays.hashCode(ranks);
  }

  /** For example {@code 1-32,40}. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    forEachRun((firstIdx, count) -> {
      out.append(out.isEmpty() ? "" : ",").append(firstIdx);
      if (count > 1) {
        out.append('-').append(firstIdx + count - 1);
      }
    });
    return out.toString();
  }

  /** Collects ascending pages; can be used again after {@link #build}. Not for several threads. */
  public static final class Builder {
    private int[] firsts = new int[8];
    private int[] ranks = new int[9];
    private int runs;
    private int pages;
    private long last = -1;

    /** Starts with no pages. */
    public Builder() {}

    /** How many pages so far. */
    public int count() {
      return pages;
    }

    /** Adds one page above all added before. */
    public Builder add(long pageIdx) {
      return add(pageIdx, 1);
    }

    /** Adds consecutive pages above all added before. */
    public Builder add(long firstIdx, int count) {
      if (firstIdx < 1 || count < 1 || firstIdx + count - 1 > PageIdx.MAX_VALUE) {
        throw new GraftException.Misuse(
            "a run of " + count + " pages from page " + firstIdx + " cannot be");
      }
      if (firstIdx <= last) {
        throw new GraftException.Misuse(
            "page " + firstIdx + " does not come after page " + last + " in its frame");
      }
      if (count > MAX_PAGES - pages) {
        throw new GraftException.Misuse("a frame holds at most " + MAX_PAGES + " pages");
      }
      if (runs == 0 || firstIdx != last + 1) {
        grow();
        firsts[runs] = (int) firstIdx;
        ranks[runs] = pages;
        runs++;
      }
      pages += count;
      last = firstIdx + count - 1;
      return this;
    }

    private void grow() {
      if (runs == firsts.length) {
        firsts = Arrays.copyOf(firsts, runs * 2);
        ranks = Arrays.copyOf(ranks, runs * 2 + 1);
      }
    }

    /** What was added; the builder is empty afterwards. */
    public PageRuns build() {
      if (runs == 0) {
        return NONE;
      }
      ranks[runs] = pages;
      PageRuns built = new PageRuns(Arrays.copyOf(firsts, runs), Arrays.copyOf(ranks, runs + 1));
      runs = 0;
      pages = 0;
      last = -1;
      return built;
    }
  }
}
