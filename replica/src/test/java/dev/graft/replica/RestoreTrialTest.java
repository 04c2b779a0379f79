package dev.graft.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the first query after a restore costs, and that it is answered right. */
class RestoreTrialTest {
  @TempDir private Path folder;

  @Test
  void restored_firstQuery_costsOneQuestionAndTheChangedPagesThatItTouches() throws Exception {
    List<RestoreTrial.Row> rows = new ArrayList<>();
    try (RestoreTrial trial = RestoreTrial.begin(folder, 10_000)) {
      rows.addAll(trial.restored(0));
      rows.addAll(trial.restored(1_000));
    }
    System.out.println(RestoreTrial.Row.HEAD);
    rows.forEach(row -> System.out.println(row.line()));
    check(rows);
  }

  @Test
  void clones_ofEqualSnapshots_shareNoRandomNumber() throws Exception {
    try (RestoreTrial trial = RestoreTrial.begin(folder, 1_000)) {
      List<String> said = trial.clones("SELECT random(), hex(randomblob(16))");
      assertThat(said).hasSize(2).doesNotHaveDuplicates();
    }
  }

  static void check(List<RestoreTrial.Row> rows) {
    List<RestoreTrial.Row> restored =
        rows.stream().filter(row -> row.what().equals(RestoreTrial.RESTORED)).toList();
    assertThat(restored).isNotEmpty();
    assertThat(restored)
        .allSatisfy(row -> {
          assertThat(row.changes()).isEqualTo(1);
          assertThat(row.pageReads()).isLessThanOrEqualTo(row.changedTouched());
        });
    assertThat(restored.getLast().changedTouched()).as("changed pages met").isPositive();
  }
}
