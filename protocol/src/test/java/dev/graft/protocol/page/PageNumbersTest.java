package dev.graft.protocol.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import org.junit.jupiter.api.Test;

/** Indexes, counts and sizes of pages at their ends. */
class PageNumbersTest {
  private static final long MAX = PageIdx.MAX_VALUE;

  @Test
  void index_liesInItsWindow() {
    PageIdx idx = new PageIdx(3 * 65_536 + 17);
    assertThat(idx.window()).isEqualTo(3);
    assertThat(idx.low()).isEqualTo(17);
    assertThat(new PageIdx(MAX).window()).isEqualTo(65_535);
    assertThat(new PageIdx(MAX).low()).isEqualTo(65_535);
    assertThat(idx).hasToString("196625").isGreaterThan(PageIdx.FIRST);
  }

  @Test
  void count_containsItsLastPage() {
    PageCount count = new PageCount(5);
    assertThat(count.contains(new PageIdx(5))).isTrue();
    assertThat(count.contains(new PageIdx(6))).isFalse();
    assertThat(PageCount.ZERO.contains(PageIdx.FIRST)).isFalse();
    assertThat(count.min(new PageCount(4))).isEqualTo(new PageCount(4));
    assertThat(count.min(new PageCount(9))).isSameAs(count);
    assertThat(count.min(new PageCount(5))).isSameAs(count);
    assertThat(count).hasToString("5").isGreaterThan(new PageCount(4));
  }

  @Test
  void size_isAPowerOfTwoBetweenItsEnds() {
    for (int log2 = 9; log2 <= 16; log2++) {
      assertThat(PageSize.ofLog2(log2)).isEqualTo(new PageSize(1 << log2));
      assertThat(PageSize.ofLog2(log2).log2()).isEqualTo(log2);
      assertThat(PageSize.ofLog2(log2)).hasToString(Integer.toString(1 << log2));
    }
    for (int log2 : new int[] {-1, 8, 17, 40}) {
      assertThatThrownBy(() -> PageSize.ofLog2(log2)).isInstanceOf(GraftException.Corrupt.class);
    }
    for (int bytes : new int[] {0, 256, 511, 513, 4095, 6144, 65_537, 131_072}) {
      assertThatThrownBy(() -> new PageSize(bytes)).isInstanceOf(GraftException.Misuse.class);
    }
  }

  @Test
  void numbers_outsideOf32Bits_areRefused() {
    for (long value : new long[] {-1, 0, MAX + 1}) {
      assertThatThrownBy(() -> new PageIdx(value)).isInstanceOf(GraftException.Misuse.class);
    }
    for (long value : new long[] {-1, MAX + 1}) {
      assertThatThrownBy(() -> new PageCount(value)).isInstanceOf(GraftException.Misuse.class);
    }
    assertThat(new PageCount(MAX).contains(new PageIdx(MAX))).isTrue();
  }
}
