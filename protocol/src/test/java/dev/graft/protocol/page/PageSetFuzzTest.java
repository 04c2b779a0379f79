package dev.graft.protocol.page;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import java.util.Arrays;

/**
 * Arbitrary bytes are refused as corrupt, or they are the one encoding of a set. A plain test run
 * plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code -Djazzer.hooks=true}
 * look for new ones.
 */
class PageSetFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void decode_takesOnlyCanonicalBytes(byte[] root) {
    takesOnlyCanonical(root);
    takesOnlyCanonical(SplinterCheckTest.sealed(root));
  }

  private static void takesOnlyCanonical(byte[] bytes) {
    PageSet set;
    try {
      set = PageSet.decode(bytes);
    } catch (GraftException.Corrupt expected) {
      return;
    }
    PageSet.Builder again = PageSet.builder();
    set.forEachRange(again::addRange);
    if (!Arrays.equals(again.build().toBytes(), bytes)) {
      throw new AssertionError("two encodings of " + set);
    }
  }
}
