package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.VolumeId;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft cost}. */
class CostCommandTest {
  @TempDir Path folder;

  @Test
  void cost_withoutUse_isTheIdleBill() {
    Run run = Run.in(folder, "cost");
    assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).contains("alarms").contains("1.40").doesNotContain("requests");
  }

  @Test
  void cost_ofAVolume_countsItsCommits() {
    VolumeId volume = OldVolume.make(folder.resolve("store"));
    assertThat(Run.in(folder, "clone", "folder:store", volume.toString(), "old").exitCode())
        .isZero();
    Run run = Run.in(folder, "cost", "old", "--json");
    assertThat(run.out()).contains("\"commitsPerDay\":" + (double) OldVolume.COMMITS);
    Run told = Run.in(folder, "cost", "old", "--commits", "5", "--json");
    assertThat(told.out()).contains("\"commitsPerDay\":5.0");
  }

  @Test
  void cost_ofWhatCannotBe_isRefused() {
    Run run = Run.in(folder, "cost", "--edge-hits", "2");
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("edge hits");
  }
}
