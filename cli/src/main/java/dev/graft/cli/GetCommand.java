package dev.graft.cli;

import dev.graft.client.Snapshot;
import dev.graft.client.files.FilePath;
import dev.graft.client.files.StoredFile;
import dev.graft.client.files.VolumeFiles;
import dev.graft.protocol.id.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code get} command. */
@Command(
    name = "get",
    description = {
      "Take a file, or a folder of files, out of a volume. Fetches their pages alone.",
      "A file appears whole, proved and durable, or not at all."
    })
final class GetCommand extends VolumeCommand {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final String STANDARD_OUTPUT = "-";

  @Parameters(index = "0", paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Parameters(index = "1", paramLabel = "PATH", description = "The file or folder in the volume.")
  private String path;

  @Parameters(
      index = "2",
      paramLabel = "FILE",
      arity = "0..1",
      description = "Where to, or - for standard output (default: the last part of PATH).")
  private @Nullable String target;

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description = "Take it from the past: " + Moment.HELP + ".")
  private @Nullable String at;

  @Option(names = "--force", description = "Replace files that are there.")
  private boolean force;

  GetCommand(Surroundings surroundings) {
    super(surroundings);
  }

  /** A name as typed: a folder may end in a slash. */
  static FilePath path(String typed) {
    return new FilePath(
        typed.length() > 1 && typed.endsWith("/") ? typed.substring(0, typed.length() - 1) : typed);
  }

  @Override
  public Integer call() throws IOException {
    FilePath wanted = path(path);
    try (VolumeSession session = VolumeSession.toRead(VolumesFile.find(surroundings()), name);
        Snapshot snapshot = session.moment(at).of(session.replica());
        Progress progress = terminal().progress("getting", "bytes")) {
      VolumeFiles files = VolumeFiles.of(snapshot);
      List<StoredFile> chosen = FilesOf.named(files.list(), wanted);
      if (chosen.isEmpty()) {
        throw FilesOf.noSuchFile(name, wanted);
      }
      Copying copying = new Copying(files, progress, sum(chosen));
      if (STANDARD_OUTPUT.equals(target)) {
        toStandardOutput(chosen, copying);
        return ExitCode.OK;
      }
      Map<StoredFile, Path> places = places(chosen, wanted);
      for (Map.Entry<StoredFile, Path> place : places.entrySet()) {
        copying.toFile(place.getKey(), place.getValue());
      }
      progress.wipe();
      answer(snapshot, places, wanted);
    }
    return ExitCode.OK;
  }

  private static long sum(List<StoredFile> files) {
    return files.stream().mapToLong(StoredFile::bytes).sum();
  }

  private void toStandardOutput(List<StoredFile> chosen, Copying copying) throws IOException {
    if (json()) {
      throw Failure.usage("standard output takes the file or the JSON answer, not both");
    }
    if (chosen.size() != 1 || !chosen.getFirst().path().equals(path(path))) {
      throw Failure.usage("'" + path + "' is a folder: name a folder to put its files into");
    }
    copying.to(chosen.getFirst(), Channels.newChannel(terminal().answers()));
    terminal().answers().flush();
  }

  /** Where each file goes; refuses what would be overwritten before anything is fetched. */
  private Map<StoredFile, Path> places(List<StoredFile> chosen, FilePath wanted) {
    Path top = surroundings().resolve(target != null ? target : wanted.parts().getLast());
    Map<StoredFile, Path> places = new LinkedHashMap<>();
    for (StoredFile file : chosen) {
      Path place = top;
      if (!file.path().equals(wanted)) {
        place = top.resolve(file.path().value().substring(wanted.value().length() + 1));
      } else if (Files.isDirectory(top)) {
        place = top.resolve(wanted.parts().getLast());
      }
      if (Files.isDirectory(place)) {
        throw Failure.usage(place + " is a folder; name a file");
      }
      if (Files.exists(place) && !force) {
        throw Failure.usage(place + " is there already; name another file, or add --force");
      }
      places.put(file, place);
    }
    return places;
  }

  private void answer(Snapshot snapshot, Map<StoredFile, Path> places, FilePath wanted) {
    long bytes = sum(List.copyOf(places.keySet()));
    List<Object> files = new ArrayList<>();
    places.forEach((file, place) -> {
      Map<String, @Nullable Object> object = FilesOf.object(file);
      object.put("file", place.toString());
      files.add(object);
    });
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", name);
    object.put("lsn", snapshot.position().lsn().value());
    object.put("files", files);
    answer(
        object,
        String.format(
            Locale.ROOT,
            "wrote %s of commit %s of '%s' to %s: %,d bytes",
            places.size() == 1 ? "'" + wanted + "'" : places.size() + " files",
            snapshot.position().lsn(),
            name,
            places.size() == 1
                ? places.values().iterator().next()
                : surroundings().resolve(target != null ? target : wanted.parts().getLast()),
            bytes));
  }

  /** Copies files and proves them. */
  private static final class Copying {
    private final VolumeFiles files;
    private final Progress progress;
    private final long total;
    private long done;

    Copying(VolumeFiles files, Progress progress, long total) {
      this.files = files;
      this.progress = progress;
      this.total = total;
    }

    void toFile(StoredFile file, Path place) throws IOException {
      Files.createDirectories(Objects.requireNonNull(place.getParent(), "a file has a folder"));
      AtomicFile.write(place, channel -> to(file, channel));
      Files.setLastModifiedTime(place, FileTime.from(file.modified()));
    }

    void to(StoredFile file, WritableByteChannel target) throws IOException {
      MessageDigest digest = Hash.newDigest();
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      try (SeekableByteChannel source = files.open(file)) {
        while (source.read(buffer.clear()) >= 0) {
          buffer.flip();
          digest.update(buffer.duplicate());
          done += buffer.remaining();
          while (buffer.hasRemaining()) {
            target.write(buffer);
          }
          progress.at(done, total);
        }
      }
      if (!Hash.of(digest.digest()).equals(file.sha256())) {
        throw Failure.corrupt(
            "'"
                + file.path()
                + "' is not what was put: its bytes have another SHA-256 than the"
                + " directory tells");
      }
    }
  }
}
