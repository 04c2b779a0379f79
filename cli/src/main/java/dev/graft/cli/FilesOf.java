package dev.graft.cli;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.files.FilePath;
import dev.graft.client.files.FilesEdit;
import dev.graft.client.files.StoredFile;
import dev.graft.client.files.VolumeFiles;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the commands on files in volumes have in common. */
final class FilesOf {
  /** Commits of others that an edit gives way to before it gives up. */
  private static final int ATTEMPTS = 8;

  private FilesOf() {}

  /** Something to do to the files of a volume; done again when another commit came first. */
  @FunctionalInterface
  interface Work {
    /** Puts and removes. */
    void on(FilesEdit edit) throws IOException;
  }

  /**
   * Does the work on the newest commit and commits it.
   *
   * @param message stands in the log; asked for when the work is done
   * @param durability where the commit is to be safe; one that is to be safe here asks nobody
   * @return what came of it; never a conflict
   */
  static CommitResult edit(
      Replica replica, Supplier<String> message, CommitOptions.Durability durability, Work work)
      throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (durability == CommitOptions.Durability.REMOTE) {
        replica.pull();
      }
      try (FilesEdit edit = FilesEdit.in(replica.begin())) {
        work.on(edit);
        CommitResult result =
            edit.commit(new CommitOptions("", message.get(), idx -> false).with(durability));
        if (!(result instanceof CommitResult.Conflict)) {
          return result;
        }
      }
    }
    throw Failure.conflict(
        "others committed first "
            + ATTEMPTS
            + " times in a row and nothing was written: run this again");
  }

  /** Where a commit stands, as an answer goes on. */
  static String place(CommitResult result, Replica replica) {
    return result instanceof CommitResult.Local(int pending)
        ? "here alone: "
            + (pending == 1 ? "a local transaction waits" : pending + " local transactions wait")
            + " for 'graft push'"
        : "as commit " + replica.status().position().lsn();
  }

  /** How durable a commit is to be. */
  static CommitOptions.Durability durability(boolean local) {
    return local ? CommitOptions.Durability.LOCAL : CommitOptions.Durability.REMOTE;
  }

  /** The files that a name means: one file, or all in a folder. */
  static List<StoredFile> named(List<StoredFile> all, FilePath path) {
    return all.stream()
        .filter(
            file -> file.path().equals(path) || file.path().value().startsWith(path.value() + "/"))
        .toList();
  }

  /** Nothing in the volume has that name. */
  static Failure noSuchFile(String name, FilePath path) {
    return Failure.notFound(
        "no file or folder '"
            + path
            + "' is in '"
            + name
            + "': 'graft ls "
            + name
            + "' shows them");
  }

  /** As JSON shows it. */
  static Map<String, @Nullable Object> object(StoredFile file) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("path", file.path().value());
    object.put("bytes", file.bytes());
    object.put("modified", file.modified().toString());
    object.put("sha256", file.sha256().toString());
    return object;
  }

  /** Refuses a volume of files where a SQLite database is wanted. */
  static void requireDatabase(String name, Snapshot snapshot) {
    if (VolumeFiles.holding(snapshot) == VolumeFiles.Holding.FILES) {
      throw Failure.usage(
          "'"
              + name
              + "' holds files, not a SQLite database: 'graft ls "
              + name
              + "' shows them, 'graft get "
              + name
              + " PATH' brings one");
    }
  }
}
