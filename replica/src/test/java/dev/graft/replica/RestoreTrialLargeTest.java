package dev.graft.replica;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The figures of {@code docs/benchmarks.md}, in some minutes and 4 GB: {@code mvn test -Dfast -pl
 * replica -am -Dtest=RestoreTrialLargeTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dgraft.trials=large -Dsurefire.argLine="-Xmx4g --enable-native-access=ALL-UNNAMED"}.
 */
@EnabledIfSystemProperty(named = "graft.trials", matches = "large")
class RestoreTrialLargeTest {
  @Test
  void restored_afterUpTo100000Commits_costsOneQuestionAndTheChangedPages() throws Exception {
    RestoreTrial.print(200_000, 0, 1_000, 100_000);
  }
}
