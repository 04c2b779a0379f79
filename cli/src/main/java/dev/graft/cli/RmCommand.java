package dev.graft.cli;

import dev.graft.client.CommitResult;
import dev.graft.client.Snapshot;
import dev.graft.client.files.FilePath;
import dev.graft.client.files.StoredFile;
import dev.graft.client.files.VolumeFiles;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code rm} command. */
@Command(
    name = "rm",
    description = {
      "Take files away from a volume, as one commit: all that are named, or none.",
      "They stay in the volume's past."
    })
final class RmCommand extends VolumeCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Parameters(
      index = "1..*",
      paramLabel = "PATH",
      arity = "1..*",
      description = "A file in the volume; with -r also a folder.")
  private List<String> paths = List.of();

  @Option(names = "-r", description = "Take folders away with all that is in them.")
  private boolean folders;

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      description = "Stands in the log (default: the name).")
  private @Nullable String message;

  @Option(
      names = "--local",
      description = "Keep the commit in this replica until 'graft push'; needs no store.")
  private boolean local;

  RmCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    try (VolumeSession session = VolumeSession.open(VolumesFile.find(surroundings()), name)) {
      Set<FilePath> gone = new LinkedHashSet<>();
      String more = paths.size() == 1 ? "" : " and more";
      CommitResult result =
          FilesOf.edit(
              session.replica(),
              () ->
                  message != null
                      ? message
                      : "rm"
                          + (paths.getFirst().length() > 60 ? "" : " " + paths.getFirst())
                          + more,
              FilesOf.durability(local),
              edit -> {
                gone.clear();
                try (Snapshot snapshot = session.replica().snapshot()) {
                  gone.addAll(chosen(VolumeFiles.of(snapshot).list()));
                }
                gone.forEach(edit::remove);
              });
      long lsn = session.replica().status().position().lsn().value();
      answer(
          Map.of("name", name, "lsn", lsn, "removed", gone.stream().map(FilePath::value).toList()),
          "took "
              + (gone.size() == 1 ? "'" + gone.iterator().next() + "'" : gone.size() + " files")
              + " away from '"
              + name
              + "' "
              + FilesOf.place(result, session.replica()));
    }
    return ExitCode.OK;
  }

  private Set<FilePath> chosen(List<StoredFile> all) {
    Set<FilePath> chosen = new LinkedHashSet<>();
    for (String typed : paths) {
      FilePath path = GetCommand.path(typed);
      List<StoredFile> named = FilesOf.named(all, path);
      if (named.isEmpty()) {
        throw FilesOf.noSuchFile(name, path);
      }
      if (!folders && !named.getFirst().path().equals(path)) {
        throw Failure.usage(
            "'" + path + "' is a folder with " + named.size() + " files: add -r to take it away");
      }
      named.forEach(file -> chosen.add(file.path()));
    }
    return chosen;
  }
}
