package dev.graft.sqlite;

import dev.graft.protocol.page.PageSet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The pages that a connection may have in its cache: all that were handed to it since it last
 * dropped that cache. A bit a page, in chunks of 65,536 pages that are made when first touched. For
 * one connection.
 */
final class ReadSet {
  private static final int CHUNK_WORDS = 1024;

  private long[] @Nullable [] chunks = new long[16][];
  private @Nullable PageSet built;

  /** Adds a page. Allocates only for the first page of a chunk. */
  void add(long page) {
    int chunk = (int) (page >>> 16);
    if (chunk >= chunks.length || chunks[chunk] == null) {
      make(chunk);
    }
    long[] words = chunks[chunk];
    if (words == null) {
      throw new AssertionError("chunk " + chunk + " was just made");
    }
    int word = (int) (page >>> 6) & CHUNK_WORDS - 1;
    long bit = 1L << page;
    if ((words[word] & bit) == 0) {
      words[word] |= bit;
      built = null;
    }
  }

  /** Whether the page is among them. */
  boolean contains(long page) {
    int chunk = (int) (page >>> 16);
    long[] words = chunk < chunks.length ? chunks[chunk] : null;
    return words != null && (words[(int) (page >>> 6) & CHUNK_WORDS - 1] & 1L << page) != 0;
  }

  private void make(int chunk) {
    if (chunk >= chunks.length) {
      chunks = Arrays.copyOf(chunks, Math.max(chunk + 1, 2 * chunks.length));
    }
    chunks[chunk] = new long[CHUNK_WORDS];
  }

  /** Forgets all. */
  void clear() {
    for (long[] words : chunks) {
      if (words != null) {
        Arrays.fill(words, 0);
      }
    }
    built = null;
  }

  /** The pages; built anew only when some were added. */
  PageSet pages() {
    PageSet now = built;
    if (now == null) {
      PageSet.Builder builder = PageSet.builder();
      for (int chunk = 0; chunk < chunks.length; chunk++) {
        long[] words = chunks[chunk];
        if (words != null) {
          addTo(builder, (long) chunk << 16, words);
        }
      }
      now = builder.build();
      built = now;
    }
    return now;
  }

  private static void addTo(PageSet.Builder builder, long base, long[] words) {
    for (int word = 0; word < CHUNK_WORDS; word++) {
      for (long bits = words[word]; bits != 0; bits &= bits - 1) {
        builder.add(base + 64L * word + Long.numberOfTrailingZeros(bits));
      }
    }
  }
}
