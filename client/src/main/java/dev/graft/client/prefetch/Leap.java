package dev.graft.client.prefetch;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Root;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the step that most of the latest touches took and fetches ahead along it: any stride, in
 * either direction, also when another reader's touches come between. After Hasan Al Maruf and
 * Mosharaf Chowdhury, "Effectively Prefetching Remote Memory with Leap", USENIX ATC 2020
 * (algorithms 1 and 2), with frames in the place of their pages.
 *
 * <p>Where their text leaves a choice: the trend is looked for at every miss, so that "follows the
 * current trend" has a meaning from the start; one step alone is no trend; and with hits but no
 * trend the latest one is followed forward.
 */
public final class Leap implements Prefetcher {
  /** The most frames remembered as fetched and not touched. */
  private static final int MAX_REMEMBERED = 4096;

  /**
   * How Leap looks and how far it goes.
   *
   * @param history steps that are remembered (paper: H_size)
   * @param split the first look is at one part in so many of them (paper: N_split)
   * @param maxWindow the most frames fetched at a miss (paper: PW_size max)
   * @param longestAscent steps ahead up to this length are left to {@link SequentialScan}; 0 for
   *     none
   */
  public record Settings(int history, int split, int maxWindow, int longestAscent) {
    /** As published. */
    public static final Settings PUBLISHED = new Settings(32, 4, 8, 0);

    /** Beside {@link SequentialScan}, which reads ahead in ascending order more boldly. */
    public static final Settings BESIDE_SCANS = new Settings(32, 4, 32, 3);

    /** Checks that there is something to look at. */
    public Settings {
      if (history < 2 || split < 1 || split > history || maxWindow < 1 || longestAscent < 0) {
        throw new IllegalArgumentException(
            "history " + history + ", split " + split + ", window " + maxWindow);
      }
    }
  }

  private final Settings settings;

  /** Guarded by this, as all below. */
  private final TrendReader reader;

  /** Fetched ahead and not touched yet, oldest first. */
  private final Set<FrameRef> ahead = new LinkedHashSet<>();

  private @Nullable FrameOrder lastOrder;
  private int lastWindow;
  private int lastRank;

  /** Has seen nothing yet. */
  public Leap(Settings settings) {
    this.settings = settings;
    this.reader = new TrendReader(settings);
  }

  @Override
  public void opened(Root root, List<FrameRef> carried, Orders orders) {
    // An open tells nothing about where readers will go.
  }

  @Override
  public void touched(Touch touch, Orders orders) {
    int rank = touch.order().rank(touch.ordinal());
    if (rank < 0) {
      return;
    }
    List<FrameRef> wanted = new ArrayList<>();
    int window;
    synchronized (this) {
      window = follow(touch, rank, wanted);
    }
    // Orders may start tasks: never under the lock.
    if (!wanted.isEmpty()) {
      remember(orders.frames(wanted));
    }
    if (window >= 0) {
      touch.wantLeaves().accept(window);
    }
  }

  /** Gives a window whose leaves would have been needed, or -1. */
  private int follow(Touch touch, int rank, List<FrameRef> wanted) {
    long step = step(touch, rank);
    lastOrder = touch.order();
    lastWindow = touch.window();
    lastRank = rank;
    if (ahead.remove(touch.order().frame(rank))) {
      reader.hit(step);
      return -1;
    }
    if (touch.here()) {
      reader.here(step);
      return -1;
    }
    TrendReader.Ahead next = reader.miss(step);
    boolean ascent = next.step() > 0 && next.step() <= settings.longestAscent();
    return ascent ? -1 : collect(touch, rank, next, wanted);
  }

  /** How many frames lie between the last touch and this one. */
  private long step(Touch touch, int rank) {
    FrameOrder before = lastOrder;
    if (before == null) {
      return AccessHistory.JUMP;
    }
    if (before == touch.order()) {
      return rank - lastRank;
    }
    if (touch.window() == lastWindow + 1) {
      return before.size() - lastRank + rank;
    }
    if (touch.window() == lastWindow - 1) {
      return rank - touch.order().size() - lastRank;
    }
    return AccessHistory.JUMP;
  }

  private int collect(Touch touch, int rank, TrendReader.Ahead next, List<FrameRef> wanted) {
    FrameOrder order = touch.order();
    int window = touch.window();
    long at = rank;
    for (int i = 0; i < next.frames(); i++) {
      at += next.step();
      while (at < 0 || at >= order.size()) {
        int other = at < 0 ? window - 1 : window + 1;
        FrameOrder beyond = other < 0 ? FrameOrder.EMPTY : touch.leaves().apply(other);
        if (beyond == null) {
          return other;
        }
        if (beyond.size() == 0) {
          return -1;
        }
        at = at < 0 ? at + beyond.size() : at - order.size();
        order = beyond;
        window = other;
      }
      wanted.add(order.frame((int) at));
    }
    return -1;
  }

  private synchronized void remember(List<FrameRef> ordered) {
    for (FrameRef frame : ordered) {
      if (ahead.size() == MAX_REMEMBERED) {
        ahead.remove(ahead.iterator().next());
      }
      ahead.add(frame);
    }
  }
}
