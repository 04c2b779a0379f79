package dev.graft.cli;

import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;

/** Makes the commands and hands them what they run in. */
final class Commands implements CommandLine.IFactory {
  private static final Map<Class<?>, Function<Surroundings, Object>> MAKERS =
      Map.ofEntries(
          Map.entry(CheckoutCommand.class, CheckoutCommand::new),
          Map.entry(CloneCommand.class, CloneCommand::new),
          Map.entry(CopyCommand.class, CopyCommand::new),
          Map.entry(CostCommand.class, CostCommand::new),
          Map.entry(DemoCommand.class, DemoCommand::new),
          Map.entry(DiffCommand.class, DiffCommand::new),
          Map.entry(ExplainCommand.class, ExplainCommand::new),
          Map.entry(DoctorCommand.class, DoctorCommand::new),
          Map.entry(ExportCommand.class, ExportCommand::new),
          Map.entry(ForkCommand.class, ForkCommand::new),
          Map.entry(GetCommand.class, GetCommand::new),
          Map.entry(HydrateCommand.class, HydrateCommand::new),
          Map.entry(ImportCommand.class, ImportCommand::new),
          Map.entry(InitCommand.class, InitCommand::new),
          Map.entry(LogCommand.class, LogCommand::new),
          Map.entry(LsCommand.class, LsCommand::new),
          Map.entry(PrefetchCommand.class, PrefetchCommand::new),
          Map.entry(PullCommand.class, PullCommand::new),
          Map.entry(PushCommand.class, PushCommand::new),
          Map.entry(PutCommand.class, PutCommand::new),
          Map.entry(ResetCommand.class, ResetCommand::new),
          Map.entry(RevertCommand.class, RevertCommand::new),
          Map.entry(RetainCommand.class, RetainCommand::new),
          Map.entry(DeleteCommand.class, DeleteCommand::new),
          Map.entry(RmCommand.class, RmCommand::new),
          Map.entry(SqlCommand.class, SqlCommand::new),
          Map.entry(StatusCommand.class, StatusCommand::new),
          Map.entry(TokenCommand.class, TokenCommand::new),
          Map.entry(TokenInspectCommand.class, TokenInspectCommand::new),
          Map.entry(TokenKeysCommand.class, TokenKeysCommand::new),
          Map.entry(TokenMakeCommand.class, TokenMakeCommand::new),
          Map.entry(TokenRevokeCommand.class, TokenRevokeCommand::new));

  private final Surroundings surroundings;

  Commands(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    Function<Surroundings, Object> maker = MAKERS.get(type);
    return maker == null
        ? CommandLine.defaultFactory().create(type)
        : type.cast(maker.apply(surroundings));
  }
}
