package dev.graft.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The {@code demo} command. */
@Command(name = "demo", description = "not yet", mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  DemoCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    surroundings.terminal().line("not yet");
    return ExitCode.OK;
  }
}
