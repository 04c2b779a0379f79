package dev.graft.client.prefetch;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Root;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds readers that go through frames in ascending order and fetches ahead of them: little at
 * first, four times as much each time that they come after it, up to reads of 8 MiB of which at
 * least eight are under way. Several readers are followed at once, and a look-up elsewhere disturbs
 * none of them. Nothing is fetched before several frames came in order, so that look-ups that
 * happen to be neighbours cost nothing.
 */
public final class SequentialScan implements Prefetcher {
  /** Readers followed at one time; the one that was silent longest is forgotten first. */
  private static final int MAX_STREAMS = 16;

  /** Most recent last; guarded by this. */
  private final List<ScanStream> streams = new ArrayList<>();

  /** Has seen nobody yet. */
  public SequentialScan() {}

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
    // Orders may start tasks: never under the lock.
    var wishes = new ScanStream.Wishes();
    synchronized (this) {
      follow(touch, rank).wantMore(touch, wishes);
    }
    wishes.runs.forEach(orders::frames);
    if (wishes.window >= 0) {
      touch.wantLeaves().accept(wishes.window);
    }
  }

  private ScanStream follow(Touch touch, int rank) {
    for (int i = streams.size() - 1; i >= 0; i--) {
      ScanStream stream = streams.get(i);
      if (stream.advance(touch, rank)) {
        streams.remove(i);
        streams.add(stream);
        return stream;
      }
    }
    if (streams.size() == MAX_STREAMS) {
      streams.removeFirst();
    }
    ScanStream fresh = new ScanStream(touch.window(), touch.order(), rank);
    streams.add(fresh);
    return fresh;
  }
}
