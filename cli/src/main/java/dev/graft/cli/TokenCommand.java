package dev.graft.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code token} command, which has commands of its own. */
@Command(
    name = "token",
    description = {
      "Make, show and revoke tokens, and keep the keys that sign them.",
      "A token admits one volume, or all, for some actions and some time. Only who has the key ring",
      "can make one."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TokenKeysCommand.class,
      TokenMakeCommand.class,
      TokenInspectCommand.class,
      TokenRevokeCommand.class,
    })
final class TokenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  TokenCommand(Surroundings surroundings) {}

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "say what to do, for example: graft token make --keys FILE --volume NAME --allow read"
            + " --expires 30d");
  }
}
