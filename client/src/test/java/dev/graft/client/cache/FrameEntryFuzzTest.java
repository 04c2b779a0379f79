package dev.graft.client.cache;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import java.util.Arrays;

/**
 * Arbitrary bytes as records of the cache's index are refused, or have one form from then on. A
 * plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code
 * -Djazzer.hooks=true} look for new ones.
 */
class FrameEntryFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void record(byte[] payload) {
    FrameEntry entry;
    try {
      entry = FrameEntry.decode("an index", payload);
    } catch (GraftException.Corrupt expected) {
      return;
    }
    byte[] once = entry.encode();
    if (!Arrays.equals(FrameEntry.decode("an index", once).encode(), once)) {
      throw new AssertionError("two forms of one entry");
    }
  }
}
