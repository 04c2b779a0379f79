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
import java.util.List;
import java.util.Set;

/**
 * Brings named pages here in large ranges, several at a time, and waits for them. Holds the map of
 * one window and a bounded number of ranges in memory, however large the volume is. One run by one
 * thread.
 */
public final class Hydration {
  /** Ranges under way at one time: each takes at most 8 MiB, and its pages while they land. */
  public static final int MAX_READS = 8;

  /** Is told of bytes done and of all, as far as they are known. */
  public interface Listener {
    /** So many bytes are done; by any thread, one at a time. */
    void at(long doneBytes, long totalBytes);
  }

  private final WindowLoader windows;
  private final Fetcher fetcher;
  private final Concurrency concurrency;
  private final Listener listener;
  private final List<Task<Boolean>> reads = new ArrayList<>();

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
      Waits.await(concurrency, reads);
    }
    return found && readsFound(reads);
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
      if (!makeRoom()) {
        return false;
      }
      readsMade++;
      reads.add(concurrency.fork("hydrate", () -> read(group)));
    }
    return true;
  }

  private boolean read(List<FrameRef> group) {
    boolean found = fetcher.bring(group);
    if (found) {
      tell(group.stream().mapToLong(FrameRef::lengthBytes).sum(), 0);
    }
    return found;
  }

  private synchronized void tell(long moreDone, long moreInAll) {
    bytesFetched += moreDone;
    totalBytes += moreInAll;
    listener.at(bytesHere + bytesFetched, totalBytes);
  }

  /** Waits until one more read may be begun; false when one found nothing. */
  private boolean makeRoom() {
    if (reads.size() < MAX_READS) {
      return true;
    }
    Task<Boolean> ended;
    try {
      ended = concurrency.awaitFirst(reads);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("the hydration was interrupted; call it again", e);
    }
    reads.remove(ended);
    return Waits.result(concurrency, ended);
  }

  private boolean readsFound(List<Task<Boolean>> ended) {
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
