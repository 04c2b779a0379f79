package dev.graft.cli;

import dev.graft.client.ReplicaStatus;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code status} command. */
@Command(
    name = "status",
    description = "Show where replicas stand. Asks the store only with --remote.")
final class StatusCommand extends VolumeCommand {
  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Volumes in graft.json (default: all).")
  private List<String> names = List.of();

  @Option(
      names = "--remote",
      description = "Ask the store for the newest commit and for what history is kept, too.")
  private boolean remote;

  @Option(
      names = "--bytes",
      description = "Count what waits to be removed, too: reads every map and lists all objects.")
  private boolean bytes;

  StatusCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    VolumesFile file = VolumesFile.find(surroundings());
    List<String> asked = names.isEmpty() ? List.copyOf(file.names()) : names;
    if (asked.isEmpty() && !json()) {
      terminal().line("no volumes are named in " + file.file());
    }
    List<Object> all = new ArrayList<>();
    for (String name : asked) {
      VolumesFile.Entry entry = file.require(name);
      if (entry.at().isPresent()) {
        view(entry, entry.at().get(), all);
        continue;
      }
      try (VolumeSession session = VolumeSession.open(file, name)) {
        ReplicaStatus status = session.replica().status();
        Lsn head =
            remote || bytes
                ? session.remote().log(status.volume(), null, 1).head().lsn()
                : status.remoteHead().lsn();
        Map<String, @Nullable Object> history = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        if (remote || bytes) {
          VolumeState state = session.remote().state(status.volume());
          HistoryText.into(history, state);
          lines.addAll(HistoryText.lines(state));
        }
        if (bytes) {
          Waiting waiting = session.remote().waiting(status.volume());
          HistoryText.into(history, waiting);
          lines.add(HistoryText.line(waiting));
        }
        if (json()) {
          Map<String, @Nullable Object> object = object(session.entry(), status, head);
          object.putAll(history);
          all.add(object);
        } else {
          print(session.entry(), status, head);
          lines.forEach(line -> terminal().line("  history  " + line));
        }
      }
    }
    if (json()) {
      terminal().line(JsonText.compact(Map.of("volumes", all)));
    }
    return ExitCode.OK;
  }

  private void view(VolumesFile.Entry entry, Lsn lsn, List<Object> all) {
    if (json()) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("name", entry.name());
      object.put("volume", entry.volume().toString());
      object.put("remote", entry.remote());
      object.put("dir", entry.dir().toString());
      object.put("state", "view");
      object.put("lsn", lsn.value());
      all.add(object);
      return;
    }
    terminal().line(terminal().strong(entry.name()) + "  view of commit " + lsn);
    terminal().line("  volume   " + entry.volume() + " in " + entry.remote());
  }

  private static String state(ReplicaStatus status, Lsn head) {
    boolean behind = head.isAfter(status.position().lsn());
    return switch (status.state()) {
      case DIVERGED -> "diverged";
      case GONE -> "below the floor";
      case BEHIND -> "behind";
      case AHEAD_AND_BEHIND -> "ahead and behind";
      case AHEAD -> behind ? "ahead and behind" : "ahead";
      case UP_TO_DATE -> behind ? "behind" : "up to date";
    };
  }

  private static Map<String, @Nullable Object> object(
      VolumesFile.Entry entry, ReplicaStatus status, Lsn head) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", entry.name());
    object.put("volume", status.volume().toString());
    object.put("remote", entry.remote());
    object.put("dir", entry.dir().toString());
    object.put("state", state(status, head));
    object.put("lsn", status.position().lsn().value());
    object.put("hash", status.position().hash().toString());
    object.put("time", status.time().toString());
    object.put("head", head.value());
    object.put("pending", status.pending());
    object.put("pendingBytes", status.pendingBytes());
    object.put("pageSize", status.pageSize().bytes());
    object.put("pages", status.pageCount().value());
    object.put("pagesHere", status.pagesHere());
    object.put("bytesHere", status.bytesHere());
    object.put("prefetch", PrefetchText.object(status.prefetch()));
    return object;
  }

  private void print(VolumesFile.Entry entry, ReplicaStatus status, Lsn head) {
    String state = state(status, head);
    terminal()
        .line(
            terminal().strong(entry.name())
                + "  "
                + (state.equals("up to date") ? terminal().good(state) : state));
    terminal().line("  volume   " + status.volume() + " in " + entry.remote());
    terminal()
        .line(
            "  commit   " + status.position().lsn() + " of " + head + ", made at " + status.time());
    terminal()
        .line(
            String.format(
                Locale.ROOT,
                "  pages    %,d of %s bytes; %,d are here (%,d bytes)",
                status.pageCount().value(),
                status.pageSize(),
                status.pagesHere(),
                status.bytesHere()));
    if (status.pending() > 0) {
      terminal()
          .line(
              String.format(
                  Locale.ROOT,
                  "  pending  %s, %,d bytes: graft push %s",
                  PushCommand.many(status.pending(), "local transaction"),
                  status.pendingBytes(),
                  entry.name()));
    }
    terminal().line("  replica  " + entry.dir());
  }
}
