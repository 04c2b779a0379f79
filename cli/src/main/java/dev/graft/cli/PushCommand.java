package dev.graft.cli;

import dev.graft.client.Policy;
import dev.graft.client.PushResult;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sqlite.SqliteReplayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code push} command. */
@Command(
    name = "push",
    description = {
      "Bring local transactions to the store. One that was cut goes on where it was, and lands once.",
      "When others committed first, the policy decides:",
      "  reject   nothing is changed, and the conflict is told (exit code 3)",
      "  merge    they are laid on the newest commit when neither what they read nor what they wrote"
          + " was changed",
      "  replay   their SQL statements are executed again on the newest commit",
      "  fork     they go to a new volume, named with --as; this replica moves to the newest commit"
    })
final class PushCommand extends VolumeCommand {
  /** What to do when others committed first. */
  enum Choice {
    REJECT,
    MERGE,
    REPLAY,
    FORK
  }

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "The volume's name in graft.json (default: the only one there).")
  private @Nullable String name;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description = "reject, merge, replay or fork (default: reject).")
  private Choice choice = Choice.REJECT;

  @Option(
      names = "--as",
      paramLabel = "CHILD",
      description = "What the fork is called in graft.json; with --policy fork.")
  private @Nullable String child;

  PushCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    VolumesFile file = VolumesFile.find(surroundings());
    String volume = name == null ? only(file) : name;
    VolumeId fork = fork(file);
    try (VolumeSession session = VolumeSession.open(file, volume)) {
      PushResult result;
      try (Progress progress = terminal().progress("push", "bytes")) {
        result = session.replica().push(policy(fork), progress::at);
      } catch (GraftException.Conflict e) {
        throw Failure.conflict(e.getMessage() + waysOut(volume));
      }
      return told(result, volume, file, session.entry());
    }
  }

  private static String only(VolumesFile file) {
    Set<String> names = file.names();
    if (names.size() != 1) {
      throw Failure.usage(
          names.isEmpty()
              ? "no volume is named in " + file.file() + ": make one with 'graft init'"
              : "say which volume: " + String.join(", ", names));
    }
    return names.iterator().next();
  }

  /** Looks at the fork's name before anything is sent. */
  private VolumeId fork(VolumesFile file) {
    String called = child;
    if (choice == Choice.FORK) {
      if (called == null) {
        throw Failure.usage("--policy fork wants a name for the new volume: add --as CHILD");
      }
      VolumesFile.requireName(called);
      if (file.entry(called).isPresent()) {
        throw Failure.usage(
            "'" + called + "' is named in " + file.file() + " already; choose another name");
      }
    } else if (called != null) {
      throw Failure.usage("--as names a fork: add --policy fork");
    }
    return VolumeSession.ids().newVolumeId();
  }

  private Policy policy(VolumeId fork) {
    return switch (choice) {
      case REJECT -> new Policy.Reject();
      case MERGE -> new Policy.Merge();
      case REPLAY -> new Policy.Replay(new SqliteReplayer());
      case FORK -> new Policy.Fork(fork);
    };
  }

  private int told(PushResult result, String volume, VolumesFile file, VolumesFile.Entry entry)
      throws IOException {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", volume);
    switch (result) {
      case PushResult.Nothing _ -> {
        object.put("transactions", 0);
        answer(object, "'" + volume + "' has nothing to push");
      }
      case PushResult.Pushed done -> {
        object.put("transactions", done.transactions());
        object.put("commits", done.commits());
        object.put("lsn", done.position().lsn().value());
        answer(
            object,
            "'"
                + volume
                + "' is at commit "
                + done.position().lsn()
                + ": "
                + many(done.transactions(), "local transaction")
                + " in "
                + many(done.commits(), "commit"));
      }
      case PushResult.Forked done -> {
        String called = String.valueOf(child);
        Path replica = file.defaultDir(called);
        Remotes.handToken(entry.dir(), done.child(), replica);
        file.put(
            new VolumesFile.Entry(
                called,
                Remotes.absolute(entry.remote(), file.folder()),
                done.child(),
                replica,
                entry.settings()));
        object.put("transactions", done.transactions());
        object.put("fork", called);
        object.put("volume", done.child().toString());
        object.put("lsn", done.position().lsn().value());
        answer(
            object,
            many(done.transactions(), "local transaction")
                + " of '"
                + volume
                + "' went to its fork '"
                + called
                + "', "
                + done.child());
      }
      case PushResult.Conflict conflict -> {
        String sentence = conflict(conflict, volume);
        if (!json()) {
          throw Failure.conflict(sentence);
        }
        object.put("conflict", sentence);
        object.put("pending", conflict.pending());
        object.put("base", conflict.base().lsn().value());
        object.put("head", conflict.head().lsn().value());
        object.put(
            "changedPages",
            conflict.changes().whole() ? null : conflict.changes().pages().cardinality());
        terminal().line(JsonText.compact(object));
        return ExitCode.CONFLICT;
      }
    }
    return ExitCode.OK;
  }

  private static String conflict(PushResult.Conflict conflict, String volume) {
    return many(conflict.pending(), "local transaction")
        + " of '"
        + volume
        + "' "
        + (conflict.pending() == 1 ? "stands" : "stand")
        + " on commit "
        + conflict.base().lsn()
        + ", the store is at "
        + conflict.head().lsn()
        + ": "
        + conflict.reason()
        + waysOut(volume);
  }

  private static String waysOut(String volume) {
    return "; nothing is lost: try --policy merge, replay, or fork --as CHILD, or give them up with"
        + " 'graft reset "
        + volume
        + " --discard'";
  }

  /** A number with its noun. */
  static String many(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
