package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyModelTest {
  @Test
  void sample_many_haveTheQuantiles() {
    LatencyModel model = StoreLatencies.s3().get();
    var random = new SplittableRandom(5);
    double[] millis = new double[200_000];
    Arrays.setAll(millis, i -> model.sample(random).toNanos() / 1e6);
    Arrays.sort(millis);
    assertThat(millis[0]).isGreaterThanOrEqualTo(15);
    assertThat(millis[100_000]).isCloseTo(25, within(0.3));
    assertThat(millis[180_000]).isCloseTo(40, within(1.5));
    assertThat(millis[198_000]).isCloseTo(90, within(5.0));
    assertThat(millis[199_999]).isLessThanOrEqualTo(180);
  }

  @Test
  void ofMillis_fallingQuantiles_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> LatencyModel.ofMillis(10, 9, 20));
  }
}
