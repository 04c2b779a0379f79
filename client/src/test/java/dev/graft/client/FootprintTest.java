package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import org.junit.jupiter.api.Test;

/** The merge rule, page by page. */
final class FootprintTest {
  private static final PageCount TEN = new PageCount(10);

  private static Footprint cutTo(long smallest) {
    return Footprint.of(TEN, new PageCount(smallest), PageSet.of(1), PageSet.of(2));
  }

  @Test
  void of_cut_writesExactlyThePagesAboveTheSmallestCount() {
    assertThat(cutTo(6).writes()).isEqualTo(PageSet.of(2, 7, 8, 9, 10));
    assertThat(cutTo(10).writes()).isEqualTo(PageSet.of(2));
    assertThat(cutTo(6).isUntouchedBy(PageSet.of(5, 6), TEN)).isTrue();
    assertThat(cutTo(6).isUntouchedBy(PageSet.of(7), TEN)).isFalse();
  }

  @Test
  void isUntouchedBy_changesOfWhatItReadOrWroteOrOfTheCount_isFalse() {
    Footprint footprint = cutTo(10);
    assertThat(footprint.isUntouchedBy(PageSet.of(3), TEN)).isTrue();
    assertThat(footprint.isUntouchedBy(PageSet.of(1), TEN)).isFalse();
    assertThat(footprint.isUntouchedBy(PageSet.of(2), TEN)).isFalse();
    assertThat(footprint.isUntouchedBy(PageSet.of(3), new PageCount(11))).isFalse();
    assertThat(footprint.meets(PageSet.of(2, 3))).isEqualTo(PageSet.of(2));
  }
}
