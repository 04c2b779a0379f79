package dev.graft.cli;

import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.files.FilePath;
import dev.graft.client.files.FilesEdit;
import dev.graft.client.files.StoredFile;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code put} command. */
@Command(
    name = "put",
    description = {
      "Put files into a volume, as one commit: all of them, or none.",
      "A file that is there already is replaced; only its changed pages are written. A folder goes",
      "with all that is in it, under its own name. The volume holds files and nothing else."
    })
final class PutCommand extends VolumeCommand {
  private static final String STANDARD_INPUT = "-";

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "The volume's name; it is made when graft.json does not have it.")
  private String name;

  @Parameters(
      index = "1..*",
      paramLabel = "FILE",
      arity = "1..*",
      description = "A file, a folder, or - for standard input.")
  private List<String> sources = List.of();

  @Option(
      names = "--as",
      paramLabel = "PATH",
      description = "What to call the one file or folder (default: its own name).")
  private @Nullable String as;

  @Option(
      names = {"--remote", "--store"},
      paramLabel = "ADDRESS",
      description = {
        "Where a new volume is kept: folder:PATH or s3://BUCKET/PREFIX",
        "(default: ${DEFAULT-VALUE}, beside graft.json)."
      },
      defaultValue = InitCommand.DEFAULT_REMOTE)
  private String remote;

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      description = "Stands in the log (default: the names).")
  private @Nullable String message;

  @Option(
      names = "--local",
      description = "Keep the commit in this replica until 'graft push'; needs no store.")
  private boolean local;

  @Mixin private RemoteOptions options = new RemoteOptions();

  PutCommand(Surroundings surroundings) {
    super(surroundings);
  }

  /** One file to put. */
  private record Item(FilePath path, Path file, long bytes, Instant modified) {}

  @Override
  public Integer call() throws IOException {
    Path scratch = Files.createTempFile("graft-put", "");
    try {
      List<Item> items = items(scratch);
      VolumesFile volumes = VolumesFile.find(surroundings());
      if (volumes.entry(name).isEmpty()) {
        InitCommand.make(
            volumes, name, remote, options.settings(), PageSize.DEFAULT, volumes.defaultDir(name));
      }
      put(items, volumes);
    } finally {
      Files.deleteIfExists(scratch);
    }
    return ExitCode.OK;
  }

  private List<Item> items(Path scratch) throws IOException {
    if (as != null && sources.size() > 1) {
      throw Failure.usage("--as names one file or folder, and there are " + sources.size());
    }
    List<Item> items = new ArrayList<>();
    for (String source : sources) {
      if (source.equals(STANDARD_INPUT)) {
        if (as == null) {
          throw Failure.usage("standard input has no name: say --as PATH");
        }
        Files.copy(surroundings().input(), scratch, StandardCopyOption.REPLACE_EXISTING);
        items.add(item(new FilePath(as), scratch));
      } else {
        add(surroundings().resolve(source), items);
      }
    }
    Map<FilePath, Item> seen = new LinkedHashMap<>();
    for (Item item : items) {
      Item other = seen.put(item.path(), item);
      if (other != null) {
        throw Failure.usage(
            other.file() + " and " + item.file() + " would both be '" + item.path() + "'");
      }
    }
    return items;
  }

  private void add(Path source, List<Item> items) throws IOException {
    Path last = source.getFileName();
    String base = as != null ? as : last == null ? "" : last.toString();
    if (!Files.isDirectory(source)) {
      items.add(item(new FilePath(base), source));
      return;
    }
    FilePath folder = new FilePath(base);
    try (Stream<Path> inside = Files.walk(source)) {
      for (Path file : inside.filter(Files::isRegularFile).sorted().toList()) {
        List<String> parts = new ArrayList<>(folder.parts());
        source.relativize(file).forEach(part -> parts.add(part.toString()));
        items.add(item(new FilePath(String.join("/", parts)), file));
      }
    }
    if (items.isEmpty()) {
      throw Failure.usage(source + " has no file in it");
    }
  }

  private static Item item(FilePath path, Path file) throws IOException {
    return new Item(
        path,
        file,
        Files.size(file),
        Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.MILLIS));
  }

  private void put(List<Item> items, VolumesFile volumes) throws IOException {
    long total = items.stream().mapToLong(Item::bytes).sum();
    List<StoredFile> done = new ArrayList<>();
    try (VolumeSession session = VolumeSession.open(volumes, name);
        Progress progress = terminal().progress("putting", "bytes")) {
      CommitResult result =
          FilesOf.edit(
              session.replica(),
              () -> message != null ? message : "put " + names(done),
              FilesOf.durability(local),
              edit -> {
                done.clear();
                putAll(items, edit, done, new Passed(progress, total));
              });
      progress.wipe();
      answer(items, done, session.replica(), result);
    }
  }

  private static String names(List<StoredFile> files) {
    if (files.isEmpty()) {
      return "nothing";
    }
    String first = files.getFirst().path().value();
    String more = files.size() == 1 ? "" : " and " + (files.size() - 1) + " more";
    int room = 200 - more.length();
    while (first.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > room) {
      first = first.substring(first.offsetByCodePoints(0, 1));
    }
    return first + more;
  }

  private static void putAll(List<Item> items, FilesEdit edit, List<StoredFile> done, Passed passed)
      throws IOException {
    for (Item item : items) {
      if (isThere(item, edit)) {
        passed.more(item.bytes());
        continue;
      }
      try (FileChannel file = FileChannel.open(item.file(), StandardOpenOption.READ)) {
        done.add(edit.put(item.path(), item.bytes(), item.modified(), passed.over(file)));
      }
    }
  }

  /** Whether the volume has just this: then the old content need not even be fetched. */
  private static boolean isThere(Item item, FilesEdit edit) throws IOException {
    StoredFile old = edit.find(item.path()).orElse(null);
    return old != null && old.bytes() == item.bytes() && old.sha256().equals(hash(item.file()));
  }

  private static Hash hash(Path file) throws IOException {
    MessageDigest digest = Hash.newDigest();
    byte[] buffer = new byte[1 << 17];
    try (InputStream in = Files.newInputStream(file)) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        digest.update(buffer, 0, got);
      }
    }
    return Hash.of(digest.digest());
  }

  private void answer(
      List<Item> items, List<StoredFile> done, Replica replica, CommitResult result) {
    long lsn = replica.status().position().lsn().value();
    int unchanged = items.size() - done.size();
    long bytes = done.stream().mapToLong(StoredFile::bytes).sum();
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", name);
    object.put("lsn", lsn);
    object.put("committed", !(result instanceof CommitResult.Nothing));
    object.put("local", result instanceof CommitResult.Local);
    object.put("files", done.stream().map(file -> (Object) FilesOf.object(file)).toList());
    object.put("unchanged", unchanged);
    String sentence =
        result instanceof CommitResult.Nothing
            ? "'" + name + "' has all of it already, at commit " + lsn
            : String.format(
                Locale.ROOT,
                "put %s, %,d bytes, into '%s' %s%s",
                done.size() == 1 ? "'" + done.getFirst().path() + "'" : done.size() + " files",
                bytes,
                name,
                FilesOf.place(result, replica),
                unchanged == 0 ? "" : "; " + unchanged + " more had not changed");
    answer(object, sentence);
  }

  /** Counts the bytes that pass. */
  private static final class Passed {
    private final Progress progress;
    private final long total;
    private long done;

    Passed(Progress progress, long total) {
      this.progress = progress;
      this.total = total;
    }

    void more(long bytes) {
      done += bytes;
      progress.at(done, total);
    }

    ReadableByteChannel over(FileChannel file) {
      return new ReadableByteChannel() {
        @Override
        public int read(ByteBuffer target) throws IOException {
          int got = file.read(target);
          more(Math.max(0, got));
          return got;
        }

        @Override
        public boolean isOpen() {
          return file.isOpen();
        }

        @Override
        public void close() throws IOException {
          file.close();
        }
      };
    }
  }
}
