package dev.graft.cli;

import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;

/** Makes the commands and hands them what they run in. */
final class Commands implements CommandLine.IFactory {
  private static final Map<Class<?>, Function<Surroundings, Object>> MAKERS =
      Map.of(
          CloneCommand.class, CloneCommand::new,
          DemoCommand.class, DemoCommand::new,
          ExportCommand.class, ExportCommand::new,
          ImportCommand.class, ImportCommand::new,
          InitCommand.class, InitCommand::new,
          LogCommand.class, LogCommand::new,
          PullCommand.class, PullCommand::new,
          SqlCommand.class, SqlCommand::new,
          StatusCommand.class, StatusCommand::new);

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
