package dev.graft.cli;

import picocli.CommandLine;

/** Makes the commands and hands them what they run in. */
final class Commands implements CommandLine.IFactory {
  private final Surroundings surroundings;

  Commands(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == DemoCommand.class) {
      return type.cast(new DemoCommand(surroundings));
    }
    return CommandLine.defaultFactory().create(type);
  }
}
