package dev.graft.protocol.map;

/** The extents of a leaf grouped by frame. Immutable. */
final class FrameExtents {
  private final int[] starts;
  private final int[] order;

  FrameExtents(int frames, Extents extents) {
    starts = new int[frames + 1];
    for (int i = 0; i < extents.size; i++) {
      if (extents.frame[i] >= 0) {
        starts[extents.frame[i] + 1]++;
      }
    }
    for (int i = 0; i < frames; i++) {
      starts[i + 1] += starts[i];
    }
    order = new int[starts[frames]];
    int[] next = starts.clone();
    for (int i = 0; i < extents.size; i++) {
      if (extents.frame[i] >= 0) {
        order[next[extents.frame[i]]++] = i;
      }
    }
  }

  /** Where a frame's extents begin; the next frame's are its end. */
  int start(int ordinal) {
    return starts[ordinal];
  }

  /** The number of an extent; those of one frame ascend. */
  int extent(int place) {
    return order[place];
  }
}
