package dev.graft.cli;

import dev.graft.client.ReplicaStatus;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code clone} command. */
@Command(
    name = "clone",
    description = {
      "Name a volume that is there already and open a replica of it.",
      "No pages are copied: they come when they are read."
    })
final class CloneCommand extends VolumeCommand {
  @Parameters(
      index = "0",
      paramLabel = "ADDRESS",
      description =
          "The store that the volume is kept in: folder:PATH, s3://BUCKET/PREFIX or https://HOST.")
  private String remote;

  @Parameters(index = "1", paramLabel = "VOLUME", description = "The volume's id: vol-...")
  private String volume;

  @Parameters(index = "2", paramLabel = "NAME", description = "What to call it here.")
  private String name;

  @Option(
      names = "--dir",
      paramLabel = "PATH",
      description = "Where the replica lies (default: .graft/NAME, beside graft.json).")
  private @Nullable String dir;

  @Mixin private RemoteOptions options = new RemoteOptions();

  CloneCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    VolumesFile file = VolumesFile.find(surroundings());
    VolumesFile.requireName(name);
    if (file.entry(name).isPresent()) {
      throw Failure.usage(
          "'" + name + "' is named in " + file.file() + " already; choose another name");
    }
    // A path on the command line is relative to the working folder, one in the file to the file's.
    String address = Remotes.absolute(remote, surroundings().workingFolder());
    Path replica = dir == null ? file.defaultDir(name) : surroundings().resolve(dir);
    VolumeId id = VolumeId.parse(volume);
    var entry = new VolumesFile.Entry(name, address, id, replica, options.settings());
    try (Remote opened = Remotes.open(entry, file.folder())) {
      opened.volume(id);
    }
    // Named when the replica is open: what failed leaves no name behind.
    try (VolumeSession session = VolumeSession.open(file, entry)) {
      file.put(entry);
      ReplicaStatus status = session.replica().status();
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("name", name);
      object.put("volume", id.toString());
      object.put("lsn", status.position().lsn().value());
      object.put("pages", status.pageCount().value());
      object.put("requests", status.requests());
      object.put("bytesFetched", status.bytesFetched());
      answer(
          object,
          String.format(
              java.util.Locale.ROOT,
              "'%s' stands at commit %s: %,d pages of %s bytes, of which %,d bytes came with %d"
                  + " request%s",
              name,
              status.position().lsn(),
              status.pageCount().value(),
              status.pageSize(),
              status.bytesFetched(),
              status.requests(),
              status.requests() == 1 ? "" : "s"));
    }
    return ExitCode.OK;
  }
}
