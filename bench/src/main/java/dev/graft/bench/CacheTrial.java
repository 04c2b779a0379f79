package dev.graft.bench;

import dev.graft.client.cache.CacheBound;
import dev.graft.client.cache.CacheStatus;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;

/**
 * What a bounded cache keeps, on traces of reads: hits beside those of an ideal LRU list of the
 * same bytes, and the bytes that are written again. Frames of 32 KiB; {@code CacheTrial MIB...}.
 */
public final class CacheTrial {
  private static final int FRAME_PAGES = 8;
  private static final int FRAME_BYTES = FRAME_PAGES * PageSize.DEFAULT.bytes();

  /** Frames of the volume, of which the first are marked as hot. */
  private static final int FRAMES = 40_000;

  private static final int HOT_FRAMES = 40;
  private static final int READS = 400_000;
  private static final long SEED = 11;

  private CacheTrial() {}

  /** Runs all traces with caches of the given sizes. */
  public static void main(String[] args) {
    for (String mib : args) {
      long bytes = Long.parseLong(mib) << 20;
      report("skewed look-ups", bytes, skewed());
      report("skewed look-ups and scans", bytes, withScans());
      report("one long scan after another", bytes, scans());
    }
  }

  private static int[] skewed() {
    var random = new Random(SEED);
    int[] reads = new int[READS];
    Arrays.setAll(reads, i -> lookUp(random));
    return reads;
  }

  /** A few hot frames at each look-up, then one of the rest, the small numbers more often. */
  private static int lookUp(Random random) {
    if (random.nextInt(3) != 0) {
      return random.nextInt(HOT_FRAMES);
    }
    double skew = Math.pow(random.nextDouble(), 4);
    return HOT_FRAMES + (int) (skew * (FRAMES - HOT_FRAMES));
  }

  private static int[] withScans() {
    var random = new Random(SEED);
    int[] reads = new int[READS];
    int scan = 0;
    int left = 0;
    for (int i = 0; i < READS; i++) {
      if (left == 0 && random.nextInt(20_000) == 0) {
        left = 8_000;
        scan = HOT_FRAMES + random.nextInt(FRAMES - HOT_FRAMES - left);
      }
      if (left > 0 && random.nextBoolean()) {
        reads[i] = scan++;
        left--;
      } else {
        reads[i] = lookUp(random);
      }
    }
    return reads;
  }

  private static int[] scans() {
    int[] reads = new int[READS];
    Arrays.setAll(reads, i -> HOT_FRAMES + i % (FRAMES - HOT_FRAMES));
    return reads;
  }

  private static void report(String name, long bytes, int[] reads) {
    var pageSize = PageSize.DEFAULT;
    VolumeId volume = new RandomIdSource(new Random(SEED)).newVolumeId();
    byte[] content = new byte[FRAME_BYTES];
    MemorySegment target = MemorySegment.ofArray(new byte[pageSize.bytes()]);
    try (FrameCache cache =
        FrameCache.inMemory(
            pageSize, new CacheBound(bytes), new ThreadConcurrency(InstantSource.system()))) {
      double hits =
          hits(
              reads,
              frame -> {
                var key = new FrameKey(new FrameOwner.InCommit(volume, new Lsn(1)), frame);
                var here = cache.get(key);
                if (here != null) {
                  here.copy(first(frame), 0, target, 0, pageSize.bytes());
                  return true;
                }
                PageRuns pages = PageRuns.of(first(frame), FRAME_PAGES);
                boolean hot = frame < HOT_FRAMES;
                cache.put(key, FrameKind.PAGES, hot, pages, content, 0, FRAME_BYTES);
                var came = cache.get(key);
                if (came != null) {
                  came.copy(first(frame), 0, target, 0, pageSize.bytes());
                }
                return false;
              });
      CacheStatus status = cache.status();
      double came = status.evictedBytes() + status.frameBytes();
      System.out.printf(
          Locale.ROOT,
          "%4d MiB  %-28s hits %5.1f %%  LRU %5.1f %%  moved %4.2f of what came%n",
          bytes >> 20,
          name,
          100 * hits,
          100 * hits(reads, lru(bytes)),
          status.movedBytes() / came);
    }
  }

  private static long first(int frame) {
    return 2 + (long) frame * FRAME_PAGES;
  }

  private static double hits(int[] reads, IntPredicate cache) {
    long hits = 0;
    for (int frame : reads) {
      hits += cache.test(frame) ? 1 : 0;
    }
    return (double) hits / reads.length;
  }

  private static IntPredicate lru(long bytes) {
    Map<Integer, Boolean> frames =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
            return size() > bytes / FRAME_BYTES;
          }
        };
    return frame -> {
      boolean here = frames.get(frame) != null;
      frames.put(frame, true);
      return here;
    };
  }
}
