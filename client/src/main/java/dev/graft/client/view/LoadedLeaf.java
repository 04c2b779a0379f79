package dev.graft.client.view;

import dev.graft.client.cache.CachedFrame;
import dev.graft.client.prefetch.FrameOrder;
import dev.graft.protocol.map.Leaf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A leaf at hand, with those of its frames that were touched through it. Shared by all snapshots
 * that name it. Safe for use by many threads.
 */
public final class LoadedLeaf {
  private static final VarHandle FRAMES = MethodHandles.arrayElementVarHandle(CachedFrame[].class);

  private final Leaf leaf;

  /** By ordinal; null until the first touch. Goes back to null when the frame is gone. */
  private final @Nullable CachedFrame[] frames;

  /** Made when it is first asked for; as good as any other thread's. */
  private volatile @Nullable FrameOrder order;

  LoadedLeaf(Leaf leaf) {
    this.leaf = leaf;
    this.frames = new CachedFrame[leaf.frameCount()];
  }

  /** What it says. */
  public Leaf leaf() {
    return leaf;
  }

  /** The frame, when it was touched before; null otherwise. */
  public @Nullable CachedFrame frame(int ordinal) {
    return (CachedFrame) FRAMES.getAcquire(frames, ordinal);
  }

  /**
   * Notes a frame that is in the cache.
   *
   * @return whether this is the first touch of it
   */
  boolean touch(int ordinal, CachedFrame frame) {
    return FRAMES.compareAndSet(frames, ordinal, null, frame);
  }

  /** Forgets a frame whose place was given up. */
  void forget(int ordinal, CachedFrame frame) {
    FRAMES.compareAndSet(frames, ordinal, frame, null);
  }

  /** Its frames in the order in which a scan meets them. */
  public FrameOrder order() {
    FrameOrder made = order;
    if (made == null) {
      made = FrameOrder.of(leaf);
      order = made;
    }
    return made;
  }
}
