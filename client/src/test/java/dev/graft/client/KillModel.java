package dev.graft.client;

import dev.graft.protocol.page.PageSize;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What every page of the trial's volume must hold. Two writers never touch each other's pages: the
 * replica under trial (stream A) and another one (stream B). What step n of a stream writes follows
 * from the seed, the stream and n; the first page of each stream tells its newest step.
 */
final class KillModel {
  static final PageSize SIZE = PageSize.DEFAULT;

  /** Pages of a stream; the volume is larger than the cache of the replica under trial. */
  private static final int STREAM_PAGES = 1_200;

  static final int PAGES = 2 * STREAM_PAGES;

  /** Which of the two writers. */
  enum Stream {
    A(1),
    B(1 + STREAM_PAGES);

    final int firstPage;

    Stream(int firstPage) {
      this.firstPage = firstPage;
    }

    int lastPage() {
      return firstPage + STREAM_PAGES - 1;
    }
  }

  private final long seed;

  /** By stream, then step: the pages that it writes. Step 0 writes all. */
  private final List<List<int[]>> steps = List.of(new ArrayList<>(), new ArrayList<>());

  KillModel(long seed) {
    this.seed = seed;
  }

  /** The pages that a step writes besides the first one of its stream. */
  int[] pages(Stream stream, int step) {
    List<int[]> known = steps.get(stream.ordinal());
    while (known.size() <= step) {
      var random = new SplittableRandom(mix(stream, known.size(), 0));
      int count = random.nextInt(6) == 0 ? 150 : 1 + random.nextInt(8);
      known.add(random.ints(count, stream.firstPage + 1, stream.lastPage() + 1).toArray());
    }
    return known.get(step);
  }

  /** What a step writes to a page. The first 8 bytes tell the step. */
  byte[] content(Stream stream, int step, int page) {
    byte[] bytes = new byte[SIZE.bytes()];
    new SplittableRandom(mix(stream, step, page)).nextBytes(bytes);
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[i] = (byte) (step >>> 8 * i);
    }
    return bytes;
  }

  /** The step that a page tells of. */
  static int step(byte[] page) {
    int step = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      step |= (page[i] & 0xFF) << 8 * i;
    }
    return step;
  }

  /** Which step wrote each page of a stream last, by page less the stream's first. */
  int[] newest(Stream stream, int step) {
    int[] newest = new int[STREAM_PAGES];
    for (int each = 1; each <= step; each++) {
      newest[0] = each;
      for (int page : pages(stream, each)) {
        newest[page - stream.firstPage] = each;
      }
    }
    return newest;
  }

  private long mix(Stream stream, int step, int page) {
    return seed * 0x9E3779B97F4A7C15L + stream.ordinal() * 7_919L + step * 1_000_003L + page;
  }
}
