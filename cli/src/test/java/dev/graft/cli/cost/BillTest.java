package dev.graft.cli.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class BillTest {
  private static Usage commits(double perDay) {
    return new Usage(perDay, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, 0, 0, 0, 0);
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
    assertThat(bill.dollars()).isCloseTo(1.40, within(1e-9));
  }

  @Test
  void replicas_haveAlarmsOfTheirOwn() {
    Usage asked = new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, 5, 0, 0, 0);
    assertThat(dollars(Bill.of(asked, Prices.US_EAST_1), "alarms")).isCloseTo(1.70, within(1e-9));
    Usage anew = new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, 0, 2, 0, 0);
    assertThat(dollars(Bill.of(anew, Prices.US_EAST_1), "alarms")).isCloseTo(2.00, within(1e-9));
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
    Usage racing = new Usage(0, 1_000_000 / 30.4, 0, 0, 0, 0, 0, 0, 0, 0, false, false, 0, 0, 0, 0);
    assertThat(dollars(Bill.of(racing, Prices.US_EAST_1), "S3 writes: refused commits (412)"))
        .isCloseTo(5.0, within(1e-6));
  }

  @Test
  void edgeHits_areNotPaidAtTheStore() {
    Usage half =
        new Usage(0, 0, 0, 0, 0, 1_000_000 / 30.4, 1e9, 0.5, 0, 0, false, false, 0, 0, 0, 0);
    Bill bill = Bill.of(half, Prices.US_EAST_1);
    assertThat(dollars(bill, "S3 reads: edge misses")).isCloseTo(0.2, within(1e-6));
    assertThat(dollars(bill, "edge to readers")).isCloseTo(30.4 * 0.085, within(1e-6));
    assertThat(dollars(bill, "Lambda requests")).isZero();
  }

  @Test
  void usage_outOfRangeIsRefused() {
    assertThatThrownBy(() -> commits(-1)).hasMessageContaining("commits");
    assertThatThrownBy(() -> new Usage(0, 0, 0, 0, 0, 0, 0, 1.5, 0, 0, false, false, 0, 0, 0, 0))
        .hasMessageContaining("edge hits");
  }

  @Test
  void metrics_areTwelveAndTwelveForEachRouteInUse() {
    String item = "metrics: 12, and 12 a route";
    Bill one = Bill.of(commits(5), Prices.US_EAST_1);
    assertThat(dollars(one, item)).isCloseTo(7.20, within(1e-9));
    Usage three = new Usage(5, 5, 5, 5, 5, 0, 0, 0, 0, 0, false, false, 0, 0, 0, 0);
    assertThat(dollars(Bill.of(three, Prices.US_EAST_1), item)).isCloseTo(14.40, within(1e-9));
  }

  @Test
  void whatIsChosen_isPaid() {
    double aMillion = 1_000_000 / 30.4;
    Usage use =
        new Usage(0, 0, aMillion, 0, aMillion, 0, 0, 0, 0, 1, true, true, aMillion, 10, 0, 0);
    Bill bill = Bill.of(use, Prices.US_EAST_1);
    assertThat(dollars(bill, "S3 writes: uploads")).isCloseTo(5.0, within(1e-6));
    assertThat(dollars(bill, "S3 reads: replicas (2 a query)")).isCloseTo(0.8, within(1e-6));
    assertThat(dollars(bill, "KMS requests (1 % of S3's)")).isCloseTo(0.12, within(1e-6));
    assertThat(dollars(bill, "access logs (0.5 KB, a month's kept)"))
        .isCloseTo(6e6 * 500 / 1e9 * 0.023, within(1e-6));
    assertThat(dollars(bill, "republishing replicas (20 steps)"))
        .isCloseTo(304 * 20 * 25e-6, within(1e-6));
    assertThat(dollars(bill, "logs: a line a request (1 KB)"))
        .isCloseTo(2e6 * 1350 / 1e9 * 0.5, within(1e-6));
    assertThat(dollars(bill, "key value store (4 reads a request)")).isCloseTo(0.24, within(1e-6));
  }

  @Test
  void forks_payForWritesAndListings_andTokensForThoseTheyWereMadeByWayOf() {
    double aMillion = 1_000_000 / 30.4;
    Usage forking = new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, 0, 0, aMillion, 2);
    Bill bill = Bill.of(forking, Prices.US_EAST_1);
    assertThat(dollars(bill, "S3 writes, lists: forks")).isCloseTo(50, within(1e-6));
    assertThat(dollars(bill, "S3 reads: forks")).isCloseTo(4.0, within(1e-6));
    assertThat(dollars(bill, "Lambda requests")).isCloseTo(0.2, within(1e-6));
    assertThat(dollars(bill, "key value store (4 + via a request)"))
        .isCloseTo(6 * 0.03, within(1e-6));
    assertThatThrownBy(() -> new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, 0, 0, 0, 16.5))
        .hasMessageContaining("made by way of");
  }

  /** The counts of forks are those of {@code ForkMakersTest}. */
  @Test
  void whatIsCounted_isWhatTheInstallationHas() throws IOException {
    String lines =
        Files.readString(
            Path.of("../functions/src/main/java/dev/graft/functions/service/JsonLines.java"));
    assertThat(count("metric\\(out, \"", lines)).isEqualTo(Bill.METRIC_NAMES);
    String viewer = Files.readString(Path.of("../infra/edge/function.js"));
    assertThat(count("await kvs\\.", viewer)).isEqualTo((long) Bill.KEY_READS);
    String forks =
        Files.readString(
            Path.of("../functions/src/test/java/dev/graft/functions/service/ForkMakersTest.java"));
    assertThat(forks).contains("containsExactly(10L, 4L, 6L)");
    assertThat(Bill.READS_PER_FORK).isEqualTo(10);
    assertThat(Bill.WRITES_PER_FORK).isEqualTo(4 + 6);
    String template = Files.readString(Path.of("../docs/deploy.md"));
    assertThat(template).contains(" " + (Bill.ALARMS - 1) + " CloudWatch Alarm,");
    String replica =
        Files.readString(Path.of("../infra/src/main/java/dev/graft/infra/GraftReadReplica.java"));
    assertThat(count("alarms\\.add\\(", replica)).isEqualTo(Bill.REPLICA_ALARMS);
    String republish =
        Files.readString(Path.of("../infra/src/main/java/dev/graft/infra/Republish.java"));
    assertThat(count("alarms\\.add\\(", republish)).isEqualTo(Bill.REPUBLISH_ALARMS);
  }

  private static long count(String regex, String text) {
    return Pattern.compile(regex).matcher(text).results().count();
  }
}
