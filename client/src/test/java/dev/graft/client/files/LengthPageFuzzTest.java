package dev.graft.client.files;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.page.PageCount;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * An arbitrary page is one like others, or the one form of the length that it tells. A plain test
 * run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code
 * -Djazzer.hooks=true} look for new ones.
 */
class LengthPageFuzzTest {
  private static final int PAGE_BYTES = 512;

  @FuzzTest(maxDuration = "60s")
  void page(byte[] bytes) {
    byte[] page = Arrays.copyOf(bytes, PAGE_BYTES);
    for (long count = 1; count <= 4; count++) {
      OptionalLong told = LengthPage.decode(page, new PageCount(count));
      if (told.isPresent()
          && !Arrays.equals(LengthPage.encode(told.getAsLong(), PAGE_BYTES), page)) {
        throw new AssertionError("two pages tell one length");
      }
      if (told.isPresent() && LengthPage.pages(told.getAsLong(), PAGE_BYTES) != count - 1) {
        throw new AssertionError("a length of another number of pages");
      }
    }
  }
}
