package dev.graft.cli;

import dev.graft.client.Changes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code reset} command. */
@Command(
    name = "reset",
    description = {
      "Move a replica to the newest commit, whatever stood in it.",
      "Local transactions that were not pushed are in the way: push them, or give them up with"
          + " --discard."
    })
final class ResetCommand extends VolumeCommand {
  @Parameters(paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Option(
      names = "--discard",
      description = "Give up all local transactions first. They cannot be had back.")
  private boolean discard;

  ResetCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    try (VolumeSession session = VolumeSession.open(VolumesFile.find(surroundings()), name)) {
      int given = discard ? session.replica().discard() : 0;
      Changes changes = session.replica().reset();
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("discarded", given);
      object.put("from", changes.from().lsn().value());
      object.put("lsn", changes.upto().lsn().value());
      object.put("pages", changes.pageCount().value());
      answer(
          object,
          (given == 0 ? "" : PushCommand.many(given, "local transaction") + " given up; ")
              + "'"
              + name
              + "' stands at commit "
              + changes.upto().lsn());
    }
    return ExitCode.OK;
  }
}
