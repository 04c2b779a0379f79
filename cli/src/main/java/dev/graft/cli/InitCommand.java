package dev.graft.cli;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.VolumeInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code init} command. */
@Command(name = "init", description = "Make an empty volume and name it in graft.json.")
final class InitCommand extends VolumeCommand {
  /** Where a volume goes when nothing else is said. */
  static final String DEFAULT_REMOTE = FolderRemotes.SCHEME + "graft-store";

  @Parameters(paramLabel = "NAME", description = "What to call the volume.")
  private String name;

  @Option(
      names = {"--remote", "--store"},
      paramLabel = "ADDRESS",
      description = {
        "Where the volume is kept: folder:PATH, s3://BUCKET/PREFIX or https://HOST",
        "(default: ${DEFAULT-VALUE}, beside graft.json)."
      },
      defaultValue = DEFAULT_REMOTE)
  private String remote;

  @Option(
      names = "--page-size",
      paramLabel = "BYTES",
      description = "A power of two in 512..65536 (default: ${DEFAULT-VALUE}).",
      defaultValue = "4096")
  private int pageSize;

  @Option(
      names = "--dir",
      paramLabel = "PATH",
      description = "Where the replica lies (default: .graft/NAME, beside graft.json).")
  private @Nullable String dir;

  @Mixin private RemoteOptions options = new RemoteOptions();

  InitCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    VolumesFile file = VolumesFile.find(surroundings());
    Path replica = dir == null ? file.defaultDir(name) : surroundings().resolve(dir);
    VolumeInfo volume =
        make(file, name, remote, options.settings(), new PageSize(pageSize), replica);
    answer(
        Map.of("name", name, "volume", volume.volume().toString(), "file", file.file().toString()),
        "made volume " + volume.volume() + " and named it '" + name + "' in " + file.file());
    return ExitCode.OK;
  }

  /** Makes a volume under a name that is free. */
  static VolumeInfo make(
      VolumesFile file,
      String name,
      String remote,
      Map<String, String> settings,
      PageSize pageSize,
      Path replica)
      throws IOException {
    VolumesFile.requireName(name);
    if (file.entry(name).isPresent()) {
      throw Failure.usage(
          "'" + name + "' is named in " + file.file() + " already; choose another name");
    }
    VolumeId id = VolumeSession.ids().newVolumeId();
    try (Remote opened = Remotes.open(remote, file.folder(), settings)) {
      VolumeInfo volume = opened.createVolume(new CreateVolume(id, pageSize));
      file.put(new VolumesFile.Entry(name, remote, volume.volume(), replica, settings));
      return volume;
    }
  }
}
