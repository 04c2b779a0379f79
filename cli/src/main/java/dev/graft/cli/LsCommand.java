package dev.graft.cli;

import dev.graft.client.Snapshot;
import dev.graft.client.files.FilePath;
import dev.graft.client.files.StoredFile;
import dev.graft.client.files.VolumeFiles;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code ls} command. */
@Command(
    name = "ls",
    description = "Show the files in a volume: bytes, time of the last change, name.")
final class LsCommand extends VolumeCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = "PATH",
      arity = "0..1",
      description = "One file, or the folder to look into (default: all).")
  private @Nullable String path;

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description = "Show the past: " + Moment.HELP + ".")
  private @Nullable String at;

  LsCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    try (VolumeSession session = VolumeSession.toRead(VolumesFile.find(surroundings()), name);
        Snapshot snapshot = session.moment(at).of(session.replica())) {
      List<StoredFile> files = VolumeFiles.of(snapshot).list();
      if (path != null) {
        FilePath wanted = GetCommand.path(path);
        files = FilesOf.named(files, wanted);
        if (files.isEmpty()) {
          throw FilesOf.noSuchFile(name, wanted);
        }
      }
      if (json()) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("name", name);
        object.put("lsn", snapshot.position().lsn().value());
        object.put("files", files.stream().map(file -> (Object) FilesOf.object(file)).toList());
        terminal().line(JsonText.compact(object));
      } else {
        print(files);
      }
    }
    return ExitCode.OK;
  }

  private void print(List<StoredFile> files) {
    if (files.isEmpty()) {
      terminal().line("'" + name + "' holds no files");
    }
    int width =
        files.stream()
            .mapToInt(file -> String.format(Locale.ROOT, "%,d", file.bytes()).length())
            .max()
            .orElse(0);
    for (StoredFile file : files) {
      terminal()
          .line(
              String.format(
                  Locale.ROOT,
                  "%," + width + "d  %s  %s",
                  file.bytes(),
                  file.modified(),
                  terminal().strong(file.path().value())));
    }
  }
}
