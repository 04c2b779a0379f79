package dev.graft.client;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.fetch.Fetcher;
import dev.graft.client.view.Hydration;
import dev.graft.client.view.MapView;
import dev.graft.client.view.PageOrders;
import dev.graft.client.view.WindowLoader;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSet;
import java.util.function.BiConsumer;

/** What a replica is told about pages before they are read. Safe for use by many threads. */
final class Hints {
  /** Times that pages may be found moved: each time the map was asked for anew. */
  private static final int MAX_MOVES = 2;

  /** One part in so many of the cache is not to be counted on. */
  private static final int SPARE_PART = 8;

  private final WindowLoader windows;
  private final Fetcher fetcher;
  private final Concurrency concurrency;
  private final PageOrders orders;
  private final FrameCache cache;
  private final BiConsumer<Standing, MapView> relocate;

  /**
   * @param cache where pages are brought to
   * @param relocate asks for the map of a standing again, once for all who met the same stale one
   */
  Hints(
      WindowLoader windows,
      Fetcher fetcher,
      Concurrency concurrency,
      PageOrders orders,
      FrameCache cache,
      BiConsumer<Standing, MapView> relocate) {
    this.windows = windows;
    this.fetcher = fetcher;
    this.concurrency = concurrency;
    this.orders = orders;
    this.cache = cache;
    this.relocate = relocate;
  }

  boolean isHere(Standing standing, long pageIdx) {
    MapView map = standing.map();
    return pageIdx > map.root().count().value() || orders.isHere(map, pageIdx);
  }

  void expect(Standing standing, long... pageIdxs) {
    MapView map = standing.map();
    long count = map.root().count().value();
    orders.expect(
        map,
        java.util.Arrays.stream(pageIdxs).filter(page -> page >= 1 && page <= count).toArray());
  }

  void prefetch(Standing standing, PageSet pages) {
    orders.prefetch(standing.map(), pages);
  }

  Hydrated hydrate(Standing standing, PageSet pages, Progress progress) {
    requireRoom(standing, pages);
    long frames = 0;
    long bytes = 0;
    long reads = 0;
    for (int moves = 0; moves <= MAX_MOVES; moves++) {
      MapView map = standing.map();
      var hydration = new Hydration(windows, fetcher, concurrency, progress::at);
      boolean found = hydration.run(map, pages);
      frames += hydration.framesFetched();
      bytes += hydration.bytesFetched();
      reads += hydration.reads();
      if (found) {
        return new Hydrated(
            frames,
            bytes,
            hydration.framesHere() + hydration.framesFetched() - frames,
            hydration.bytesHere() + hydration.bytesFetched() - bytes,
            reads);
      }
      relocate.accept(standing, map);
    }
    throw new GraftException.Unavailable(
        "pages of "
            + standing.volume
            + " at LSN "
            + standing.position.lsn()
            + " are in no object that its newest map names; try again later");
  }

  /** Refuses what would push out its own beginning before its end had come. */
  private void requireRoom(Standing standing, PageSet pages) {
    long count = pages.cut(standing.count().value()).cardinality();
    long wanted = count * standing.pageSize.bytes();
    long room = cache.status().boundBytes();
    // A piece of the cache is always being written anew.
    if (wanted > room - room / SPARE_PART) {
      throw new GraftException.Limit(
          count
              + " pages of "
              + standing.pageSize
              + " bytes do not fit into a cache of "
              + room
              + " bytes: bring fewer, or open the replica with cacheBytes of "
              + wanted / (SPARE_PART - 1) * SPARE_PART
              + " or more");
    }
  }
}
