package dev.graft.client.http;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/**
 * Arbitrary text is no range, or one that can be and reads the same when it is written again. A
 * plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code
 * -Djazzer.hooks=true} look for new ones.
 */
class ContentRangeFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void range(byte[] bytes) {
    ContentRange range = ContentRange.parse(new String(bytes, StandardCharsets.UTF_8));
    if (range == null) {
      return;
    }
    if (range.first() < 0 || range.last() < range.first() || range.totalBytes() <= range.last()) {
      throw new AssertionError("a range that cannot be: " + range);
    }
    String total = range.totalBytes() == Long.MAX_VALUE ? "*" : "" + range.totalBytes();
    String again = "bytes " + range.first() + "-" + range.last() + "/" + total;
    if (!range.equals(ContentRange.parse(again))) {
      throw new AssertionError("reads otherwise when it was written: " + range);
    }
  }
}
