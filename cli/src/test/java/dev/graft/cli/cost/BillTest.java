package dev.graft.cli.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class BillTest {
  private static Usage commits(double perDay) {
    return new Usage(perDay, 0, 0, 0, 0, 0, 0, 0, 0, false);
  }

  private static double dollars(Bill bill, String item) {
    return bill.items().stream()
        .filter(line -> line.name().equals(item))
        .mapToDouble(Bill.Item::dollars)
        .sum();
  }

  @Test
  void idle_paysForAlarmsAlone() {
    Bill bill = Bill.of(Usage.IDLE, Prices.US_EAST_1);
    assertThat(bill.items()).extracting(Bill.Item::name).containsExactly("alarms");
    assertThat(bill.dollars()).isCloseTo(1.30, within(1e-9));
  }

  @Test
  void commits_payForTheirWritesAndThoseOfRollups() {
    Bill bill = Bill.of(commits(1_000_000 / 30.4), Prices.US_EAST_1);
    assertThat(dollars(bill, "S3 writes: commits, rollups")).isCloseTo(5.33, within(1e-6));
    assertThat(dollars(bill, "edge requests")).isCloseTo(1.0, within(1e-6));
    assertThat(dollars(bill, "viewer function")).isCloseTo(0.1, within(1e-6));
    double seconds = 1_000_000 * 0.060 + 31_250 * 0.4;
    assertThat(dollars(bill, "Lambda time"))
        .isCloseTo(seconds * 1769 / 1024 * 0.0000133334, within(1e-6));
  }

  @Test
  void refusedCommits_arePaidLikeOthersAtTheStore() {
    Usage racing = new Usage(0, 1_000_000 / 30.4, 0, 0, 0, 0, 0, 0, 0, false);
    assertThat(dollars(Bill.of(racing, Prices.US_EAST_1), "S3 writes: refused commits (412)"))
        .isCloseTo(5.0, within(1e-6));
  }

  @Test
  void edgeHits_areNotPaidAtTheStore() {
    Usage half = new Usage(0, 0, 0, 0, 1_000_000 / 30.4, 1e9, 0.5, 0, 0, false);
    Bill bill = Bill.of(half, Prices.US_EAST_1);
    assertThat(dollars(bill, "S3 reads: edge misses")).isCloseTo(0.2, within(1e-6));
    assertThat(dollars(bill, "edge to readers")).isCloseTo(30.4 * 0.085, within(1e-6));
    assertThat(dollars(bill, "Lambda requests")).isZero();
  }

  @Test
  void usage_outOfRangeIsRefused() {
    assertThatThrownBy(() -> commits(-1)).hasMessageContaining("commits");
    assertThatThrownBy(() -> new Usage(0, 0, 0, 0, 0, 0, 1.5, 0, 0, false))
        .hasMessageContaining("edge hits");
  }
}
