package dev.graft.cli;

import dev.graft.client.Changes;
import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.id.Lsn;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code revert} command. */
@Command(
    name = "revert",
    description = {
      "Make a volume what it was at a commit, by a new commit on top of the newest one.",
      "No page is written and nothing is lost: what came in between can be read, and reverted to."
    })
final class RevertCommand extends VolumeCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = "MOMENT",
      description = "To go back to: " + Moment.HELP + ".")
  private String moment;

  @Option(
      names = {"-m", "--message"},
      paramLabel = "TEXT",
      description = "What the log says of it, at most 256 bytes (default: revert to LSN).")
  private @Nullable String message;

  @Option(names = "--author", paramLabel = "TEXT", description = "Who does it, at most 64 bytes.")
  private String author = "";

  RevertCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    Moment wanted = Moment.parse(moment);
    try (VolumeSession session = VolumeSession.open(VolumesFile.find(surroundings()), name)) {
      Replica replica = session.replica();
      replica.pull();
      Lsn to = lsn(wanted, replica);
      AtomicLong changed = new AtomicLong();
      replica.onMove((from, upto, changes, descendant, own, merged) -> changed.set(count(changes)));
      String said = message == null ? "revert to " + to : message;
      CommitResult result = replica.revert(to, new CommitOptions(author, said, idx -> false));
      switch (result) {
        case CommitResult.Committed(var position) ->
            told(to, position.lsn(), changed.get(), replica.status().pageCount().value());
        case CommitResult.Nothing() -> told(to, to, 0, replica.status().pageCount().value());
        case CommitResult.Conflict conflict ->
            throw Failure.conflict(
                "another commit came first and nothing was changed: run this again");
        case CommitResult.Local local ->
            throw Failure.failed("the store was not asked, although a revert is made there");
      }
    }
    return ExitCode.OK;
  }

  private static long count(Changes changes) {
    return changes.pages().cardinality();
  }

  private static Lsn lsn(Moment wanted, Replica replica) {
    if (wanted instanceof Moment.AtLsn(Lsn lsn)) {
      return lsn;
    }
    try (Snapshot snapshot = wanted.of(replica)) {
      return snapshot.position().lsn();
    }
  }

  private void told(Lsn to, Lsn lsn, long changed, long pages) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", name);
    object.put("lsn", lsn.value());
    object.put("revertedTo", to.value());
    object.put("changedPages", changed);
    object.put("pages", pages);
    answer(
        object,
        lsn.equals(to)
            ? "'" + name + "' stands at commit " + to + " already: nothing to do"
            : String.format(
                Locale.ROOT,
                "'%s' is at commit %s what it was at commit %s: %,d of %,d pages changed",
                name,
                lsn,
                to,
                changed,
                pages));
  }
}
