package dev.graft.protocol.map;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.wire.WireReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the pages of one aligned window of 65,536 page indexes lie: the frames that have pages in
 * use here, which of their pages these are, and which pages read as zeros whatever older leaves
 * say. A page that a leaf does not mention is for the next older leaf to tell.
 *
 * <p>Frames are numbered by their place in this leaf (their <em>ordinal</em>), which means nothing
 * in another leaf; they are sorted by owner and number, so neighbours in an object are neighbours
 * here. Equal contents are equal leaves and equal encodings.
 *
 * <p>Immutable, and safe for use by many threads. About 24 bytes of memory a frame of one run.
 */
public final class Leaf {
  /** {@link #find}: this leaf does not mention the page. */
  public static final int ABSENT = -1;

  /** {@link #find}: the page reads as zeros. */
  public static final int CLEARED = -2;

  /** How many page indexes a window has. */
  public static final int WINDOW_PAGES = 65_536;

  /** The largest window number. */
  public static final int MAX_WINDOW = 65_535;

  /** No encoded leaf is longer: 1 MiB. */
  public static final int MAX_ENCODED_BYTES = 1 << 20;

  private final int window;
  private final FrameTable frames;
  private final Extents extents;

  /** Made when it is first asked for; as good as any other thread's. */
  private @Nullable FrameExtents byFrame;

  Leaf(int window, FrameTable frames, Extents extents) {
    this.window = window;
    this.frames = frames;
    this.extents = extents;
  }

  /** The window that a page index lies in. */
  public static int windowOf(long pageIdx) {
    return (int) (pageIdx >>> 16);
  }

  /** Starts a leaf. */
  public static Builder builder(int window) {
    return new Builder(window);
  }

  /** The window: 0..65535. */
  public int window() {
    return window;
  }

  /** Whether no page is mentioned. */
  public boolean isEmpty() {
    return extents.size == 0;
  }

  /** How many frames are named; each has at least one page in use here. */
  public int frameCount() {
    return frames.size();
  }

  /** Where a frame lies; a new object at every call. */
  public FrameRef frame(int ordinal) {
    return frames.ref(ordinal);
  }

  /** Whether the frame holds pages that are worth fetching early. */
  public boolean hot(int ordinal) {
    return frames.hot[ordinal];
  }

  /**
   * What this leaf says about a page: a frame ordinal, {@link #CLEARED} or {@link #ABSENT}. Takes
   * O(log extents) and allocates nothing.
   */
  public int find(long pageIdx) {
    return pageIdx >>> 16 == window ? extents.find((int) (pageIdx & 0xFFFF)) : ABSENT;
  }

  /** The pages that lie in frames. */
  public PageSet live() {
    PageSet.Builder set = PageSet.builder();
    for (int i = 0; i < extents.size; i++) {
      if (extents.frame[i] >= 0) {
        set.addRange(firstPage(i), lastPage(i));
      }
    }
    return set.build();
  }

  /** The pages that read as zeros. */
  public PageSet cleared() {
    PageSet.Builder set = PageSet.builder();
    for (int i = 0; i < extents.size; i++) {
      if (extents.frame[i] == CLEARED) {
        set.addRange(firstPage(i), lastPage(i));
      }
    }
    return set.build();
  }

  /** The pages of one frame that are in use in this window. */
  public PageSet live(int ordinal) {
    FrameExtents index = byFrame();
    PageSet.Builder set = PageSet.builder();
    for (int i = index.start(ordinal); i < index.start(ordinal + 1); i++) {
      set.addRange(firstPage(index.extent(i)), lastPage(index.extent(i)));
    }
    return set.build();
  }

  /** How many pages of one frame are in use in this window: at least 1. */
  public int livePages(int ordinal) {
    FrameExtents index = byFrame();
    int pages = 0;
    for (int i = index.start(ordinal); i < index.start(ordinal + 1); i++) {
      pages += extents.last[index.extent(i)] - extents.first[index.extent(i)] + 1;
    }
    return pages;
  }

  /** Takes runs of pages. */
  @FunctionalInterface
  public interface ExtentConsumer {
    /**
     * Takes one run.
     *
     * @param firstIdx its first page index
     * @param count its pages, at least 1
     * @param frameOrdinal the frame that holds them
     */
    void accept(long firstIdx, int count, int frameOrdinal);
  }

  /** Hands the runs of pages that lie in frames to the consumer, ascending. */
  public void forEachExtent(ExtentConsumer consumer) {
    for (int i = 0; i < extents.size; i++) {
      if (extents.frame[i] >= 0) {
        consumer.accept(firstPage(i), extents.last[i] - extents.first[i] + 1, extents.frame[i]);
      }
    }
  }

  /** This leaf without its pages above {@code lastKept}, which may be any number. */
  public Leaf cut(long lastKept) {
    long lastLow = Math.clamp(lastKept - ((long) window << 16), -1, 0xFFFF);
    Extents kept = extents.cut((int) lastLow);
    return kept.equals(extents) ? this : of(window, frames, kept);
  }

  /** This leaf without its cleared pages: the same to a reader when nothing older lies beneath. */
  public Leaf withoutCleared() {
    Extents.Builder kept = new Extents.Builder(extents.size);
    for (int i = 0; i < extents.size; i++) {
      if (extents.frame[i] >= 0) {
        kept.add(extents.first[i], extents.last[i], extents.frame[i]);
      }
    }
    return new Leaf(window, frames, kept.build());
  }

  /**
   * One leaf that says what the layers say together: the newest that mentions a page decides, and a
   * layer says nothing about pages above its ceiling.
   *
   * @param newestFirst at least one, all of one window
   */
  public static Leaf fold(List<LayeredLeaf> newestFirst) {
    return LeafFold.fold(newestFirst);
  }

  /**
   * The bytes of this leaf, with a CRC32C in the last four.
   *
   * @throws dev.graft.protocol.error.GraftException.Limit when they are more than {@link
   *     #MAX_ENCODED_BYTES}
   */
  public byte[] encode() {
    return LeafCodec.encode(this);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws dev.graft.protocol.error.GraftException.Corrupt when the bytes are not exactly that
   */
  public static Leaf decode(byte[] bytes, int offset, int length) {
    return LeafCodec.decode(WireReader.sealed("leaf", bytes, offset, length));
  }

  /** Reads a whole array, see {@link #decode(byte[], int, int)}. */
  public static Leaf decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** How many frames and runs there are: what bounds a leaf's memory. */
  int entries() {
    return frames.size() + extents.size;
  }

  FrameTable frames() {
    return frames;
  }

  Extents extents() {
    return extents;
  }

  /** A leaf of those of the frames that the extents use. */
  static Leaf of(int window, FrameTable frames, Extents extents) {
    int[] newOrdinals = new int[frames.size()];
    for (int i = 0; i < extents.size; i++) {
      if (extents.frame[i] >= 0) {
        newOrdinals[extents.frame[i]] = 1;
      }
    }
    int used = 0;
    for (int i = 0; i < newOrdinals.length; i++) {
      newOrdinals[i] = newOrdinals[i] == 0 ? -1 : used++;
    }
    return used == newOrdinals.length
        ? new Leaf(window, frames, extents)
        : new Leaf(window, frames.retained(newOrdinals), extents.renumbered(newOrdinals));
  }

  private long firstPage(int extent) {
    return (long) window << 16 | extents.first[extent];
  }

  private long lastPage(int extent) {
    return (long) window << 16 | extents.last[extent];
  }

  private FrameExtents byFrame() {
    FrameExtents index = byFrame;
    if (index == null) {
      index = new FrameExtents(frames.size(), extents);
      byFrame = index;
    }
    return index;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Leaf that
        && window == that.window
        && frames.equals(that.frames)
        && extents.equals(that.extents);
  }

  @Override
  public int hashCode() {
    return (window * 31 + frames.hashCode()) * 31 + extents.hashCode();
  }

  @Override
  public String toString() {
    return "leaf of window %d: %d frames, %d runs".formatted(window, frames.size(), extents.size);
  }

  /**
   * Collects the frames and cleared pages of a window, in any order; each page is mentioned once.
   * Owned by one thread.
   */
  public static final class Builder {
    private final LeafFiller filler;

    private Builder(int window) {
      filler = new LeafFiller(window);
    }

    /**
     * Names a frame; the following calls of {@link #live} are about it.
     *
     * @param hot whether its pages are worth fetching early
     */
    public Builder frame(FrameRef ref, boolean hot) {
      filler.frame(ref, hot);
      return this;
    }

    /**
     * Says that pages lie in the frame named last.
     *
     * @param first the first page; the range may reach out of the window and then counts as far as
     *     it lies within
     * @param last the last page, included
     */
    public Builder live(long first, long last) {
      filler.live(first, last);
      return this;
    }

    /** Says that those of the pages that lie in this window are in this frame. */
    public Builder addFrame(FrameRef ref, boolean hot, PageSet pages) {
      filler.frame(ref, hot);
      pages.forEachRange(filler::live);
      return this;
    }

    /** Says that those of the pages that lie in this window are in this frame. */
    public Builder addFrame(FrameRef ref, boolean hot, PageRuns pages) {
      filler.frame(ref, hot);
      pages.forEachRun((first, count) -> filler.live(first, first + count - 1));
      return this;
    }

    /** Says that pages read as zeros; as far as they lie in this window. */
    public Builder clear(long first, long last) {
      filler.clear(first, last);
      return this;
    }

    /** Says that those of the pages that lie in this window read as zeros. */
    public Builder clear(PageSet pages) {
      pages.forEachRange(filler::clear);
      return this;
    }

    /**
     * The leaf; frames without a live page are left out.
     *
     * @throws dev.graft.protocol.error.GraftException.Misuse when a page is mentioned twice, a
     *     frame is named with two places or flags, or frames of one object overlap
     */
    public Leaf build() {
      return filler.build();
    }
  }
}
