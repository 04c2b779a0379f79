package dev.graft.cli;

import dev.graft.client.ReplicaStatus;
import dev.graft.client.Snapshot;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code fork} command. */
@Command(
    name = "fork",
    description = {
      "Make a new volume that begins as a commit of another one, and name it here.",
      "No page is copied, here or in the store; from then on each goes its own way."
    })
final class ForkCommand extends VolumeCommand {
  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "The name of a volume, or of a view, in graft.json.")
  private String name;

  @Parameters(index = "1", paramLabel = "CHILD", description = "What to call the new volume here.")
  private String child;

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description = "Begin with the past: " + Moment.HELP + " (default: where the replica stands).")
  private @Nullable String at;

  @Option(
      names = "--dir",
      paramLabel = "PATH",
      description = "Where the new replica lies (default: .graft/CHILD, beside graft.json).")
  private @Nullable String dir;

  ForkCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    VolumesFile file = VolumesFile.find(surroundings());
    VolumesFile.requireName(child);
    if (file.entry(child).isPresent()) {
      throw Failure.usage(
          "'" + child + "' is named in " + file.file() + " already; choose another name");
    }
    Path replica = dir == null ? file.defaultDir(child) : surroundings().resolve(dir);
    try (VolumeSession session = VolumeSession.toRead(file, name)) {
      Position from = position(session);
      VolumeId id = VolumeSession.ids().newVolumeId();
      Forked forked =
          from.equals(session.replica().status().position())
              ? session.replica().fork(id)
              : session.remote().fork(new ForkRequest(session.replica().volume(), from, id));
      VolumesFile.Entry parent = session.entry();
      Remotes.handToken(parent.dir(), id, replica);
      file.put(
          new VolumesFile.Entry(
              child, parent.remote(), forked.child().volume(), replica, parent.settings()));
      told(file, from.lsn());
    }
    return ExitCode.OK;
  }

  private Position position(VolumeSession session) {
    try (Snapshot snapshot = session.moment(at).of(session.replica())) {
      return snapshot.position();
    }
  }

  private void told(VolumesFile file, Lsn from) {
    try (VolumeSession made = VolumeSession.open(file, child)) {
      ReplicaStatus status = made.replica().status();
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("name", child);
      object.put("volume", status.volume().toString());
      object.put("from", name);
      object.put("fromLsn", from.value());
      object.put("lsn", status.position().lsn().value());
      object.put("pages", status.pageCount().value());
      answer(
          object,
          String.format(
              Locale.ROOT,
              "'%s' is a fork of '%s' at commit %s: %s, with %,d pages, none of them copied",
              child,
              name,
              from,
              status.volume(),
              status.pageCount().value()));
    }
  }
}
