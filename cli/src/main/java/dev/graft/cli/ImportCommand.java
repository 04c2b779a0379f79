package dev.graft.cli;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.remote.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code import} command. */
@Command(
    name = "import",
    description = {
      "Bring a SQLite file into a volume, as one commit.",
      "The file is only read. Memory does not grow with its size."
    })
final class ImportCommand extends VolumeCommand {
  @Parameters(index = "0", paramLabel = "FILE", description = "A SQLite database.")
  private String source;

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      description = "The volume's name; it is made when graft.json does not have it.")
  private String name;

  @Option(
      names = {"--remote", "--store"},
      paramLabel = "ADDRESS",
      description = {
        "Where a new volume is kept: folder:PATH, s3://BUCKET/PREFIX or https://HOST",
        "(default: ${DEFAULT-VALUE}, beside graft.json)."
      },
      defaultValue = InitCommand.DEFAULT_REMOTE)
  private String remote;

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      description = "Stands in the log (default: the name of the file).")
  private @Nullable String message;

  @Option(
      names = "--replace",
      description = "Replace what the volume holds; it stays in the volume's past.")
  private boolean replace;

  @Mixin private RemoteOptions options = new RemoteOptions();

  ImportCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException, SQLException {
    Path file = surroundings().resolve(source);
    Path scratch = Files.createTempDirectory("graft-import");
    try (SourceDatabase database = SourceDatabase.open(file, scratch)) {
      VolumesFile volumes = VolumesFile.find(surroundings());
      if (volumes.entry(name).isEmpty()) {
        InitCommand.make(
            volumes,
            name,
            remote,
            options.settings(),
            database.shape().pageSize(),
            volumes.defaultDir(name));
      }
      bring(file, database, volumes.require(name), volumes.folder());
    } finally {
      Files.deleteIfExists(scratch);
    }
    return ExitCode.OK;
  }

  private void bring(Path file, SourceDatabase database, VolumesFile.Entry entry, Path folder)
      throws IOException {
    long began = System.nanoTime();
    try (Remote opened = Remotes.open(entry, folder);
        Progress progress = terminal().progress("importing " + file.getFileName(), "pages")) {
      if (!replace) {
        requireEmpty(opened, entry);
      }
      Lsn lsn =
          Importer.bring(
              opened,
              entry.volume(),
              VolumeSession.concurrency(),
              VolumeSession.ids(),
              database,
              message == null ? "import of " + file.getFileName() : message,
              progress::at);
      progress.wipe();
      double seconds = (System.nanoTime() - began) / 1e9;
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("name", name);
      object.put("volume", entry.volume().toString());
      object.put("lsn", lsn.value());
      object.put("bytes", database.shape().bytes());
      object.put("pages", database.shape().pageCount());
      object.put("seconds", Math.round(seconds * 1000) / 1000.0);
      answer(
          object,
          String.format(
              Locale.ROOT,
              "'%s' is commit %s of volume %s: %,d pages, %,d bytes, %.1f s",
              name,
              lsn,
              entry.volume(),
              database.shape().pageCount(),
              database.shape().bytes(),
              seconds));
    }
  }

  private static void requireEmpty(Remote remote, VolumesFile.Entry entry) {
    Lsn head = remote.log(entry.volume(), null, 1).head().lsn();
    if (!head.equals(Lsn.ZERO)) {
      throw Failure.usage(
          "'"
              + entry.name()
              + "' holds commit "
              + head
              + " already; choose another name, or add --replace: its past stays");
    }
  }
}
