package dev.graft.client.folder;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Holds a replica's folder for one process. The system gives it up when the process dies. */
public final class FolderLock implements AutoCloseable {
  private static final String FILE = "lock";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Makes the folder if it is not there, and takes it.
   *
   * @throws GraftException.Misuse when another replica holds it, or it cannot be written
   */
  public static FolderLock take(Path folder) {
    Path path = folder.resolve(FILE);
    FileChannel channel;
    try {
      Files.createDirectories(folder);
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new GraftException.Misuse(folder + " is a file and not a folder; choose another name");
    } catch (IOException e) {
      throw DiskTrouble.writing(folder, e);
    }
    try {
      FileLock lock = tryLock(channel);
      if (lock != null) {
        return new FolderLock(channel);
      }
      channel.close();
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
    throw new GraftException.Misuse(
        "the folder "
            + folder
            + " is in use by another replica or process; close that one, or use another folder");
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Lets the folder go. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new GraftException.Unavailable("cannot close the lock of the folder", e);
    }
  }
}
