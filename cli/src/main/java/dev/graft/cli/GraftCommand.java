package dev.graft.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command with all that it can do. */
@Command(
    name = "graft",
    description = {
      "SQLite databases as volumes in an object store: a replica fetches the pages that it reads,",
      "a commit is one conditional put, and every commit can be read again.",
      ""
    },
    version = "graft 0.1.0",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      InitCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      CloneCommand.class,
      PullCommand.class,
      PushCommand.class,
      ResetCommand.class,
      StatusCommand.class,
      LogCommand.class,
      RetainCommand.class,
      DeleteCommand.class,
      DoctorCommand.class,
      CopyCommand.class,
      CostCommand.class,
      SqlCommand.class,
      DiffCommand.class,
      ExplainCommand.class,
      PrefetchCommand.class,
      HydrateCommand.class,
      ForkCommand.class,
      CheckoutCommand.class,
      RevertCommand.class,
      PutCommand.class,
      GetCommand.class,
      LsCommand.class,
      RmCommand.class,
      TokenCommand.class,
      CommandLine.HelpCommand.class,
    },
    footer = {
      "",
      "Volumes are named in graft.json, in the working folder or in the folder GRAFT_HOME.",
      "\"cacheBytes\" in graft.json bounds the pages kept of each volume (default: 1 GiB).",
      "'graft dev' runs the whole backend on this machine, see 'graft dev --help'.",
      "GRAFT_DEBUG=1 shows where a failure came from; NO_COLOR=1 turns colours off."
    })
final class GraftCommand implements Callable<Integer> {
  /** Another name of {@code --remote}, where a command has that for an address. */
  private static final String STORE = "--store";

  @Spec private CommandSpec spec;

  @Option(
      names = STORE,
      paramLabel = "ADDRESS",
      description =
          "Before a command: the --remote of one that takes an address so: folder:PATH,"
              + " s3://BUCKET/PREFIX or https://HOST. Others find it in graft.json.")
  private @Nullable String store;

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what to do, for example: graft demo");
  }

  /**
   * Runs one command.
   *
   * @return its exit code, see {@link ExitCode}
   */
  static int run(Surroundings surroundings, String... args) {
    return commandLine(surroundings).execute(args);
  }

  static CommandLine commandLine(Surroundings surroundings) {
    Terminal terminal = surroundings.terminal();
    GraftCommand graft = new GraftCommand();
    CommandLine line = new CommandLine(graft, new Commands(surroundings));
    line.setDefaultValueProvider(graft::defaultOf);
    line.setExecutionStrategy(graft::execute);
    line.setOut(new PrintWriter(terminal.answers(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(terminal.notes(), true, StandardCharsets.UTF_8));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            terminal.coloured() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((wrong, _) -> {
      CommandLine at = wrong.getCommandLine();
      terminal.note(
          "graft: "
              + wrong.getMessage()
              + " (see '"
              + at.getCommandSpec().qualifiedName()
              + " --help')");
      return ExitCode.USAGE;
    });
    line.setExecutionExceptionHandler((failure, _, _) -> {
      Failures.Told told = Failures.tell(failure);
      terminal.note("graft: " + told.sentence());
      if (surroundings.debug()) {
        failure.printStackTrace(terminal.notes());
      }
      return told.exitCode();
    });
    line.setExitCodeExceptionMapper(failure -> Failures.tell(failure).exitCode());
    describeExitCodes(line);
    return line;
  }

  /** What was said before the command stands in for the command's own option. */
  private @Nullable String defaultOf(ArgSpec arg) {
    boolean takesIt = arg instanceof OptionSpec option && isAddress(option);
    return takesIt && arg.command() != spec ? store : null;
  }

  private static boolean isAddress(OptionSpec option) {
    return List.of(option.names()).contains(STORE);
  }

  private int execute(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    CommandSpec asked = last.commandSpec();
    boolean takesNone = asked.options().stream().noneMatch(GraftCommand::isAddress);
    if (store != null && takesNone && !last.isUsageHelpRequested()) {
      throw new CommandLine.ParameterException(
          asked.commandLine(),
          "'"
              + asked.qualifiedName()
              + "' takes no "
              + STORE
              + ": it is told the store by graft.json or its own arguments");
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static void describeExitCodes(CommandLine line) {
    var codes = new java.util.LinkedHashMap<String, String>();
    for (String entry : ExitCode.HELP) {
      int colon = entry.indexOf(':');
      codes.put(entry.substring(0, colon), entry.substring(colon + 1));
    }
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(codes);
  }
}
