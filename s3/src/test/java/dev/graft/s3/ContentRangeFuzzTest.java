package dev.graft.s3;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Arbitrary text is no range, no length and no address of a bucket, or reads the same when it is
 * written again. A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment
 * and {@code -Djazzer.hooks=true} look for new ones.
 */
class ContentRangeFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void range(byte[] bytes) {
    Optional<ContentRange> read = ContentRange.parse(text(bytes));
    if (read.isEmpty()) {
      return;
    }
    ContentRange range = read.get();
    if (range.start() < 0 || range.end() <= range.start() || range.total() < range.end()) {
      throw new AssertionError("a range that cannot be: " + range);
    }
    String again = "bytes " + range.start() + "-" + (range.end() - 1) + "/" + range.total();
    requireEqual(read, ContentRange.parse(again));
  }

  @FuzzTest(maxDuration = "60s")
  void total(byte[] bytes) {
    Optional<Long> read = ContentRange.parseTotal(text(bytes));
    read.ifPresent(total -> requireEqual(read, ContentRange.parseTotal("bytes */" + total)));
    if (read.orElse(0L) < 0) {
      throw new AssertionError("a negative length: " + read);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void address(byte[] bytes) {
    S3Settings read;
    try {
      read = S3Settings.parse(text(bytes));
    } catch (GraftException.Misuse expected) {
      return;
    }
    requireEqual(read, S3Settings.parse(read.toString()));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void requireEqual(Object read, Object again) {
    if (!again.equals(read)) {
      throw new AssertionError("reads otherwise when it was written: " + read);
    }
  }
}
