package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GraftCommandTest {
  @TempDir Path folder;

  @Test
  void run_withoutACommand_saysWhatToDo() {
    Run run = Run.in(folder);
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).startsWith("graft: ").hasLineCount(1);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void run_withAnUnknownOption_isUsageInOneLine() {
    Run run = Run.in(folder, "demo", "--nonsense");
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--nonsense").hasLineCount(1);
  }

  @Test
  void run_withHelp_tellsOfEveryCommandAndExitCode() {
    Run run = Run.in(folder, "--help");
    assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    CommandLine line =
        GraftCommand.commandLine(
            new Surroundings(
                new Terminal(System.out, System.err, false, false, System::nanoTime),
                folder,
                java.util.Map.of(),
                java.io.InputStream.nullInputStream()));
    assertThat(line.getSubcommands()).isNotEmpty();
    for (String command : line.getSubcommands().keySet()) {
      assertThat(run.out()).contains(command);
      Run help = Run.in(folder, "help", command);
      assertThat(help.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(help.out()).contains("Usage: graft " + command);
    }
    assertThat(run.out()).contains("Exit codes:").contains("conflict");
  }
}
