package dev.graft.cli;

import dev.graft.client.Hydrated;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The {@code hydrate} command. */
@Command(
    name = "hydrate",
    description = {
      "Bring all pages of a volume here, so that reads need no network.",
      "When it is cut, run it again: what is here is not fetched twice."
    })
final class HydrateCommand extends VolumeCommand {
  @Parameters(paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  HydrateCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    try (VolumeSession session = VolumeSession.open(VolumesFile.find(surroundings()), name);
        Progress progress = terminal().progress("hydrating '" + name + "'", "bytes")) {
      Hydrated hydrated = session.replica().hydrate(progress::at);
      progress.wipe();
      answer(
          FetchedText.object(session, hydrated),
          String.format(
              Locale.ROOT,
              "all of commit %s of '%s' is here: %s",
              session.replica().status().position().lsn(),
              name,
              FetchedText.sentence(hydrated)));
    }
    return ExitCode.OK;
  }
}
