package dev.graft.cli;

import dev.graft.cli.demo.Demo;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code demo} command. */
@Command(
    name = "demo",
    description = {
      "Show the main job on a real SQLite database: import it into a volume, open a replica with an"
          + " empty disk, ask it questions, let two writers collide, look at the past.",
      "The database is only read. With --json, standard output is one JSON object; its 'figures' is"
          + " a flat map, in which a figure that there is not is null, with a word in 'reasons'."
    })
final class DemoCommand extends VolumeCommand {
  @Option(
      names = "--db",
      paramLabel = "FILE",
      description = "Any SQLite database (default: a shop's of 250 MB, made once and kept).")
  private @Nullable String database;

  @Option(
      names = "--dir",
      paramLabel = "PATH",
      description = "Where it works (default: ~/.cache/graft-demo).")
  private @Nullable String dir;

  @Option(names = "--keep", description = "Leave store and replicas there afterwards.")
  private boolean keep;

  DemoCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Path home =
        dir == null
            ? surroundings().home().resolve(".cache").resolve("graft-demo")
            : surroundings().resolve(dir);
    Path file = database == null ? null : surroundings().resolve(database);
    Map<String, @Nullable Object> result = new Demo(terminal(), home, keep, json()).run(file);
    if (json()) {
      terminal().line(JsonText.compact(result));
    }
    return ExitCode.OK;
  }
}
