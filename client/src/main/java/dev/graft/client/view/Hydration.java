package dev.graft.client.view;

import dev.graft.client.fetch.Fetcher;
import dev.graft.client.fetch.Waits;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Brings named pages here in large ranges, several at a time, and waits for them. Holds the map of
 * one window and a bounded number of ranges in memory, however large the volume is. One run by one
 * thread.
 */
public final class Hydration {
  /** Bytes of ranges under way at one time, and as much again for their pages while they land. */
  private static final long MAX_BYTES = 64 << 20;

  /**
   * Ranges under way at one time: all pages that a thousand small commits changed, in one round.
   */
  private static final int MAX_READS = 72;

  /** Is told of bytes done and of all, as far as they are known. */
  public interface Listener {
    /** So many bytes are done; by any thread, one at a time. */
    void at(long doneBytes, long totalBytes);
  }

  private final WindowLoader windows;
  private final Fetcher fetcher;
  private final Concurrency concurrency;
  private final Listener listener;

  /** Under way, with the bytes of each. */
  private final Map<Task<Boolean>, Long> reads = new LinkedHashMap<>();

  private long bytesUnderWay;

  /** A frame may have pages in two windows; it counts once. */
  private Set<FrameRef> lastWindow = Set.of();

  private long framesFetched;
  private long framesHere;
  private long bytesHere;
  private long readsMade;

  /** Guarded by this, as {@link #totalBytes}. */
  private long bytesFetched;

  private long totalBytes;

  /** Does nothing yet. */
  public Hydration(
      WindowLoader windows, Fetcher fetcher, Concurrency concurrency, Listener listener) {
    this.windows = windows;
    this.fetcher = fetcher;
    this.concurrency = concurrency;
    this.listener = listener;
  }

  /**
   * Brings the pages.
   *
   * @return false when the map names an object that is gone: ask for the map again and call this of
   *     a new object
   * @throws GraftException when a read failed; those under way have ended, and what came is here
   */
  public boolean run(MapView map, PageSet pages) {
    PageSet left = pages.cut(map.root().count().value());
    boolean found = true;
    try {
      while (!left.isEmpty() && found) {
        int window = Leaf.windowOf(left.first());
        long last = ((window + 1L) << 16) - 1;
        WindowView view = windows.load(map, window);
        found = view != null && bring(frames(view, left.cut(last)));
        left = left.from(last + 1);
      }
    } finally {
      Waits.await(concurrency, List.copyOf(reads.keySet()));
    }
    return found && readsFound(reads.keySet());
  }

  private static Set<FrameRef> frames(WindowView view, PageSet pages) {
    Set<FrameRef> frames = new HashSet<>();
    pages.forEach(page -> {
      LoadedLeaf leaf = view.leafOf(page);
      if (leaf != null) {
        frames.add(leaf.leaf().frame(leaf.leaf().find(page)));
      }
    });
    return frames;
  }

  private boolean bring(Set<FrameRef> frames) {
    List<FrameRef> absent = new ArrayList<>();
    long total = 0;
    for (FrameRef frame : frames) {
      if (lastWindow.contains(frame)) {
        continue;
      }
      total += frame.lengthBytes();
      if (fetcher.isHere(frame)) {
        framesHere++;
        bytesHere += frame.lengthBytes();
      } else {
        absent.add(frame);
      }
    }
    lastWindow = frames;
    framesFetched += absent.size();
    tell(0, total);
    for (List<FrameRef> group : fetcher.joined(absent)) {
      long bytes = bytes(group);
      if (!makeRoom(bytes)) {
        return false;
      }
      readsMade++;
      bytesUnderWay += bytes;
      reads.put(concurrency.fork("hydrate", () -> read(group)), bytes);
    }
    return true;
  }

  private boolean read(List<FrameRef> group) {
    boolean found = fetcher.bring(group);
    if (found) {
      tell(bytes(group), 0);
    }
    return found;
  }

  private static long bytes(List<FrameRef> group) {
    return group.stream().mapToLong(FrameRef::lengthBytes).sum();
  }

  private synchronized void tell(long moreDone, long moreInAll) {
    bytesFetched += moreDone;
    totalBytes += moreInAll;
    listener.at(bytesHere + bytesFetched, totalBytes);
  }

  /** Waits until one more read may be begun; false when one found nothing. */
  private boolean makeRoom(long bytes) {
    boolean found = true;
    while (found
        && !reads.isEmpty()
        && (reads.size() >= MAX_READS || bytesUnderWay + bytes > MAX_BYTES)) {
      found = Waits.result(concurrency, firstEnded());
    }
    return found;
  }

  private Task<Boolean> firstEnded() {
    Task<Boolean> ended;
    try {
      ended = concurrency.awaitFirst(reads.keySet());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("the hydration was interrupted; call it again", e);
    }
    bytesUnderWay -= Objects.requireNonNull(reads.remove(ended));
    return ended;
  }

  private boolean readsFound(Set<Task<Boolean>> ended) {
    boolean found = true;
    for (Task<Boolean> read : ended) {
      found &= Waits.result(concurrency, read);
    }
    return found;
  }

  /** Frames that were not here. */
  public long framesFetched() {
    return framesFetched;
  }

  /** Bytes of these that came. */
  public synchronized long bytesFetched() {
    return bytesFetched;
  }

  /** Frames that were here. */
  public long framesHere() {
    return framesHere;
  }

  /** Bytes of these. */
  public long bytesHere() {
    return bytesHere;
  }

  /** Range reads. */
  public long reads() {
    return readsMade;
  }
}
