package dev.graft.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first query after the restore of a primed replica that asks over HTTP, as one elsewhere does:
 * one metadata request in all, and ranges of those changed pages that the query touches, counted at
 * the edge. The rows are those of plain SQLite on a fresh full copy.
 */
class HttpRestoreTrialTest {
  @TempDir private Path folder;

  @Test
  void restored_firstQueryOverHttp_costsOneMetadataRequestAndTheChangedPagesItTouches()
      throws Exception {
    trial(10_000, 0, 1_000);
  }

  /** By hand: with the same options as {@link RestoreTrialLargeTest}, in this module. */
  @Test
  @EnabledIfSystemProperty(named = "graft.trials", matches = "large")
  void restored_afterUpTo100000Commits_costsTheSame() throws Exception {
    trial(100_000, 0, 1_000, 100_000);
  }

  private void trial(int orders, int... ages) throws Exception {
    List<RestoreTrial.Row> rows = new ArrayList<>();
    try (RestoreTrial trial = RestoreTrial.begin(folder, orders, HttpDoor::open)) {
      for (int age : ages) {
        List<RestoreTrial.Row> more = trial.restored(age);
        more.forEach(row -> System.out.println(row.line()));
        rows.addAll(more);
      }
    }
    System.out.println(RestoreTrial.Row.HEAD);
    rows.forEach(row -> System.out.println(row.line()));
    RestoreTrialTest.check(rows);
    assertThat(rows)
        .filteredOn(row -> row.what().equals(RestoreTrial.RESTORED))
        .hasSize(ages.length)
        .allSatisfy(row -> assertThat(row.metadata()).isEqualTo(1));
  }
}
