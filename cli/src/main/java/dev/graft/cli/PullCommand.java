package dev.graft.cli;

import dev.graft.client.Changes;
import dev.graft.client.ReplicaStatus;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code pull} command. */
@Command(
    name = "pull",
    description = "Ask what has changed and move there. Metadata only: pages come when read.")
final class PullCommand extends VolumeCommand {
  @Parameters(paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Option(
      names = "--reset",
      description = "Move to the newest commit even when what stands here is not in its history.")
  private boolean reset;

  PullCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    try (VolumeSession session = VolumeSession.open(VolumesFile.find(surroundings()), name)) {
      Changes changes = reset ? session.replica().reset() : session.replica().pull();
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("from", changes.from().lsn().value());
      object.put("lsn", changes.upto().lsn().value());
      object.put("changedPages", changes.whole() ? null : changes.pages().cardinality());
      object.put("pages", changes.pageCount().value());
      ReplicaStatus status = session.replica().status();
      object.put("pending", status.pending());
      object.put("head", status.remoteHead().lsn().value());
      answer(object, status.pending() > 0 ? stays(status) : sentence(changes));
    }
    return ExitCode.OK;
  }

  private String stays(ReplicaStatus status) {
    boolean behind = status.remoteHead().lsn().isAfter(status.position().lsn());
    return "'"
        + name
        + "' stays at commit "
        + status.position().lsn()
        + " with "
        + PushCommand.many(status.pending(), "local transaction")
        + (behind
            ? "; the store is at "
                + status.remoteHead().lsn()
                + ": graft push "
                + name
                + " --policy merge, replay or fork"
            : "; the store has nothing newer: graft push " + name);
  }

  private String sentence(Changes changes) {
    if (changes.from().equals(changes.upto())) {
      return "'" + name + "' is up to date at commit " + changes.upto().lsn();
    }
    return String.format(
        Locale.ROOT,
        "'%s' moved from commit %s to %s: %s of %,d pages changed",
        name,
        changes.from().lsn(),
        changes.upto().lsn(),
        changes.whole()
            ? "any number"
            : String.format(Locale.ROOT, "%,d", changes.pages().cardinality()),
        changes.pageCount().value());
  }
}
