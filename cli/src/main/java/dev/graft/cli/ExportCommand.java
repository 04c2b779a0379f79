package dev.graft.cli;

import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.sqlite.SqliteHeader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code export} command. */
@Command(
    name = "export",
    description = {
      "Write a snapshot of a volume into a plain SQLite file.",
      "The file appears whole and durable, or not at all."
    })
final class ExportCommand extends VolumeCommand {
  private static final int BUFFER_BYTES = 1 << 20;

  @Parameters(index = "0", paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Parameters(index = "1", paramLabel = "FILE", description = "The file to make.")
  private String target;

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description = "Export the past: " + Moment.HELP + ".")
  private @Nullable String at;

  @Option(names = "--force", description = "Replace the file when it is there.")
  private boolean force;

  ExportCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    Path file = surroundings().resolve(target);
    if (Files.isDirectory(file)) {
      throw Failure.usage(file + " is a folder; name a file");
    }
    if (Files.exists(file) && !force) {
      throw Failure.usage(file + " is there already; name another file, or add --force");
    }
    try (VolumeSession session = VolumeSession.toRead(VolumesFile.find(surroundings()), name);
        Snapshot snapshot = session.moment(at).of(session.replica());
        Progress progress = terminal().progress("exporting '" + name + "'", "pages")) {
      FilesOf.requireDatabase(name, snapshot);
      long bytes = fileBytes(snapshot);
      try {
        AtomicFile.write(file, channel -> write(snapshot, bytes, channel, progress));
      } catch (IOException unwritten) {
        throw Failure.unavailable("cannot write " + file + ": " + Failure.reason(unwritten));
      }
      progress.wipe();
      answer(
          Map.of(
              "file",
              file.toString(),
              "lsn",
              snapshot.position().lsn().value(),
              "pending",
              snapshot.pending(),
              "bytes",
              bytes),
          String.format(
              Locale.ROOT,
              "wrote commit %s%s of '%s' to %s: %,d bytes",
              snapshot.position().lsn(),
              snapshot.pending() == 0
                  ? ""
                  : " and " + snapshot.pending() + " not pushed on top of it",
              name,
              file,
              bytes));
    }
    return ExitCode.OK;
  }

  /** What SQLite takes for the end of its file; the volume's last page may reach beyond it. */
  private static long fileBytes(Snapshot snapshot) {
    long all = snapshot.pageCount().value() * snapshot.pageSize().bytes();
    if (all < SqliteHeader.LENGTH) {
      return all;
    }
    byte[] head = new byte[SqliteHeader.LENGTH];
    snapshot.read(1, 0, MemorySegment.ofArray(head), 0, head.length);
    try {
      SqliteHeader header = SqliteHeader.parse(head);
      return Math.min(all, header.pageCount(all) * header.pageSize().bytes());
    } catch (GraftException.Misuse noDatabase) {
      return all;
    }
  }

  private static void write(Snapshot snapshot, long bytes, FileChannel to, Progress progress)
      throws IOException {
    int pageBytes = snapshot.pageSize().bytes();
    ByteBuffer buffer = ByteBuffer.allocate(Math.max(BUFFER_BYTES, pageBytes));
    MemorySegment memory = MemorySegment.ofBuffer(buffer);
    long pages = snapshot.pageCount().value();
    long left = bytes;
    for (long page = 1; left > 0; ) {
      buffer.clear();
      int filled = 0;
      while (page <= pages && filled + pageBytes <= buffer.capacity() && filled < left) {
        snapshot.read(page++, 0, memory, filled, pageBytes);
        filled += pageBytes;
      }
      buffer.limit((int) Math.min(filled, left));
      left -= buffer.remaining();
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
      progress.at(page - 1, pages);
    }
  }
}
