package dev.graft.client.view;

import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.Root;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The map of one snapshot, of which windows are taken to hand when they are first needed, and let
 * go again when there are too many. Safe for use by many threads.
 */
public final class MapView {
  /** The most windows at hand: 32 million pages of map, about 50 MiB when they are dense. */
  public static final int MAX_WINDOWS_HELD = 512;

  private final Root root;
  private final AtomicReferenceArray<@Nullable WindowView> windows;

  /** How many are at hand, and where to look for one to let go; guarded by this. */
  private int held;

  private int hand;

  /** A map with no window at hand. */
  public MapView(Root root) {
    this.root = root;
    this.windows = new AtomicReferenceArray<>(Leaf.windowOf(root.count().value()) + 1);
  }

  /** What it stands on. */
  public Root root() {
    return root;
  }

  /** How many windows there are up to the page count, those without pages included. */
  int windowCount() {
    return windows.length();
  }

  /** The window when it is at hand. */
  @Nullable WindowView window(int window) {
    return windows.getAcquire(window);
  }

  /** Takes a window to hand. */
  void hold(int window, WindowView view) {
    if (!windows.compareAndSet(window, null, view)) {
      return;
    }
    synchronized (this) {
      held++;
      while (held > MAX_WINDOWS_HELD) {
        letOneGo(window);
      }
    }
  }

  /** The first one not used since the hand came by last. */
  private void letOneGo(int spared) {
    while (true) {
      hand = (hand + 1) % windows.length();
      WindowView view = windows.get(hand);
      if (view == null || hand == spared) {
        continue;
      }
      if (view.used) {
        view.used = false;
        continue;
      }
      windows.set(hand, null);
      held--;
      return;
    }
  }
}
