package dev.graft.client.prefetch;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Root;
import java.util.List;

/**
 * Says which frames to fetch before they are asked for. Called by many threads, in the midst of
 * reads: quick and without I/O.
 */
public interface Prefetcher {
  /**
   * A snapshot was opened and its pages are not here, but for the frames that came along.
   *
   * @param root its map
   * @param carried the frames that came with the answer
   */
  void opened(Root root, List<FrameRef> carried, Orders orders);

  /** A frame was read for the first time through its leaf. */
  void touched(Touch touch, Orders orders);

  /** Wants nothing. */
  static Prefetcher none() {
    return inTurn();
  }

  /** Asks several, one after the other. */
  static Prefetcher inTurn(Prefetcher... all) {
    List<Prefetcher> turn = List.of(all);
    return new Prefetcher() {
      @Override
      public void opened(Root root, List<FrameRef> carried, Orders orders) {
        turn.forEach(each -> each.opened(root, carried, orders));
      }

      @Override
      public void touched(Touch touch, Orders orders) {
        turn.forEach(each -> each.touched(touch, orders));
      }
    };
  }
}
