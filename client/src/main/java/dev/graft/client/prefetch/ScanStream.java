package dev.graft.client.prefetch;

import dev.graft.protocol.frame.FrameRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** One reader that goes through frames in order, as far as can be seen. One thread at a time. */
final class ScanStream {
  /** So many frames may be left out between two that count as consecutive. */
  private static final int MAX_SKIP = 2;

  /** So many frames must have come in order before anything is fetched ahead. */
  private static final int TRIGGER = 4;

  private static final int GROWTH = 4;

  /** Range reads to have under way once the stream has proved itself. */
  private static final int READS_AHEAD = 9;

  private static final int MAX_RUN_BYTES = 8 * 1024 * 1024;

  /** No run has more frames, however small they are. */
  private static final int MAX_RUN_FRAMES = 4096;

  /** No more runs are wanted at one touch, so that the distance grows as the reader goes on. */
  private static final int MAX_RUNS_A_TOUCH = 2;

  private FrameOrder order;
  private int window;

  /** The rank that the reader is expected at. */
  private int next;

  private int inOrder = 1;

  /** Where the wanted frames end: a window's frames and a rank in it. */
  private FrameOrder aheadOrder;

  private int aheadWindow;
  private int ahead;

  /** The runs that are wanted and that the reader has not come through, by frames left of each. */
  private final ArrayDeque<Integer> runsAhead = new ArrayDeque<>();

  /** Frames of the next run; at its full size it is bound by bytes. */
  private int runFrames = 16;

  private boolean fullSize;

  ScanStream(int window, FrameOrder order, int rank) {
    this.order = order;
    this.window = window;
    this.next = rank + 1;
    this.aheadOrder = order;
    this.aheadWindow = window;
    this.ahead = next;
  }

  /** Whether the touch goes on where this reader was; then it counts. */
  boolean advance(Touch touch, int rank) {
    if (touch.order() == order && rank >= next && rank <= next + MAX_SKIP) {
      step(rank + 1 - next);
      next = rank + 1;
      return true;
    }
    boolean nextWindow = touch.window() == window + 1 && order.size() - next <= MAX_SKIP;
    if (nextWindow && rank <= MAX_SKIP) {
      step(order.size() - next + rank + 1);
      order = touch.order();
      window = touch.window();
      next = rank + 1;
      return true;
    }
    return false;
  }

  private void step(int frames) {
    inOrder++;
    int passed = frames;
    while (passed > 0 && !runsAhead.isEmpty()) {
      int run = runsAhead.removeFirst();
      if (run > passed) {
        runsAhead.addFirst(run - passed);
      }
      passed -= Math.min(run, passed);
    }
  }

  /** Wants more when the reader has come near enough to what was wanted before. */
  void wantMore(Touch touch, Wishes wishes) {
    if (inOrder < TRIGGER) {
      return;
    }
    for (int runs = 0; runs < MAX_RUNS_A_TOUCH; runs++) {
      if (isFarEnoughAhead() || !wantRun(touch, wishes)) {
        return;
      }
    }
  }

  private boolean isFarEnoughAhead() {
    if (fullSize) {
      return runsAhead.size() >= READS_AHEAD;
    }
    return runsAhead.stream().mapToInt(Integer::intValue).sum() >= runFrames;
  }

  private boolean wantRun(Touch touch, Wishes wishes) {
    if (aheadWindow < window || (aheadWindow == window && ahead < next)) {
      aheadOrder = order;
      aheadWindow = window;
      ahead = next;
    }
    if (ahead >= aheadOrder.size() && !enterNextWindow(touch, wishes)) {
      return false;
    }
    List<FrameRef> run = new ArrayList<>();
    long bytes = 0;
    int limit = fullSize ? MAX_RUN_FRAMES : runFrames;
    // A run goes on into the next window: one read less for each.
    while (run.size() < limit && (ahead < aheadOrder.size() || enterNextWindow(touch, wishes))) {
      FrameRef frame = aheadOrder.frame(ahead);
      if (!run.isEmpty() && run.getLast().equals(frame)) {
        ahead++; // It has pages in both windows.
        continue;
      }
      boolean otherObject = !run.isEmpty() && !run.getLast().owner().equals(frame.owner());
      if (bytes + frame.lengthBytes() > MAX_RUN_BYTES || (fullSize && otherObject)) {
        break;
      }
      run.add(frame);
      bytes += frame.lengthBytes();
      ahead++;
    }
    wishes.runs.add(run);
    runsAhead.add(run.size());
    grow(run.size(), bytes);
    return true;
  }

  private void grow(int frames, long bytes) {
    if (fullSize) {
      return;
    }
    runFrames *= GROWTH;
    fullSize = runFrames * (bytes / frames) >= MAX_RUN_BYTES;
  }

  private boolean enterNextWindow(Touch touch, Wishes wishes) {
    FrameOrder following = touch.leaves().apply(aheadWindow + 1);
    if (following == null) {
      wishes.window = aheadWindow + 1;
      return false;
    }
    if (following.size() == 0) {
      return false;
    }
    aheadOrder = following;
    aheadWindow++;
    ahead = 0;
    return true;
  }

  /** What a stream wants, noted under a lock to be ordered outside of it. */
  static final class Wishes {
    final List<List<FrameRef>> runs = new ArrayList<>();

    /** A window whose leaves are wanted; -1 for none. */
    int window = -1;
  }
}
