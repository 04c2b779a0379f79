package dev.graft.engine.store;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * A store in a folder, for one process or many, threads or many.
 *
 * <p>An object is written whole into a side folder and brought to the disk; then {@code link(2)}
 * gives it its name, which fails when the name is taken: so one racing writer wins, also between
 * processes, and a process that dies at any instant leaves the whole object or nothing. Before an
 * answer says that an object is there, its folder is brought to the disk as well.
 *
 * <p>The last moment of a write is checked directly before the link. A process that is stopped
 * between the two (a closed lid) can be late by the time for which it was stopped.
 */
public final class FileObjectStore implements ObjectStore {
  /** The JDK keeps a buffer of the size of the largest read for each thread. */
  private static final int PIECE_BYTES = 256 << 10;

  private final InstantSource clock;
  private final KeyPaths paths;
  private final DurableFolders folders;
  private final Staging staging;
  private final FolderFailures failures;
  private final RootFolder root;

  private FileObjectStore(Path root, InstantSource clock) {
    this.root = new RootFolder(root);
    this.clock = clock;
    this.paths = new KeyPaths(root);
    this.folders = new DurableFolders(root);
    this.staging = new Staging(paths.staging());
    this.failures = new FolderFailures(root);
  }

  /**
   * Opens the store in a folder, and removes what processes that died long ago left in its side
   * folder. A folder that is not there yet is an empty store; the first write makes it. One that
   * was there and is not any more (a disk that was taken away) is unavailable and never empty.
   *
   * @param clock by which the last moments of writes are judged
   * @throws GraftException.Misuse when something else than a folder is there
   */
  public static FileObjectStore open(Path root, InstantSource clock) {
    Path place = root.toAbsolutePath().normalize();
    if (Files.exists(place) && !Files.isDirectory(place)) {
      throw new GraftException.Misuse(place + " is not a folder");
    }
    var store = new FileObjectStore(place, clock);
    store.staging.clean(clock.instant());
    return store;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    Requests.checkRange(key, offset, maxBytes);
    try (FileChannel file = FileChannel.open(paths.object(key), StandardOpenOption.READ)) {
      long total = file.size();
      byte[] bytes = new byte[Math.clamp(total - offset, 0, maxBytes)];
      read(file, offset, bytes);
      return new GetOutcome.Found(bytes, total);
    } catch (NoSuchFileException e) {
      requireRoot("read " + key);
      return new GetOutcome.Missing();
    } catch (IOException e) {
      throw failures.of("read " + key, e);
    }
  }

  private void requireRoot(String action) {
    try {
      root.require();
    } catch (IOException e) {
      throw failures.of(action, e);
    }
  }

  private static void read(FileChannel file, long offset, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; ) {
      var piece = ByteBuffer.wrap(bytes, at, Math.min(PIECE_BYTES, bytes.length - at));
      int count = file.read(piece, offset + at);
      if (count < 0) {
        throw new IOException("the file was cut while it was read");
      }
      at += count;
    }
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    Path target = paths.object(key);
    Path staged;
    try {
      if (Files.exists(target)) {
        return late(notAfter) ? new PutOutcome.TooLate() : alreadyExists(target);
      }
      root.require();
      folders.make(KeyPaths.folderOf(target));
      root.stands();
      folders.make(paths.staging());
      staged = staging.write(bytes);
    } catch (NoSuchFileException e) {
      folders.forget();
      throw failures.of("write " + key, e);
    } catch (IOException e) {
      throw failures.of("write " + key, e);
    }
    try {
      return late(notAfter) ? new PutOutcome.TooLate() : link(key, target, staged);
    } finally {
      staging.discard(staged);
    }
  }

  private boolean late(Instant notAfter) {
    return clock.instant().isAfter(notAfter);
  }

  private PutOutcome link(ObjectKey key, Path target, Path staged) {
    try {
      Files.createLink(target, staged);
    } catch (FileAlreadyExistsException e) {
      try {
        return alreadyExists(target);
      } catch (IOException again) {
        throw failures.of("read " + key, again);
      }
    } catch (NoSuchFileException e) {
      folders.forget();
      throw failures.of("write " + key, e);
    } catch (UnsupportedOperationException e) {
      throw failures.noHardLinks();
    } catch (IOException e) {
      if (FolderFailures.saysNoHardLinks(e)) {
        throw failures.noHardLinks();
      }
      if (FolderFailures.isRefusal(e)) {
        throw failures.of("write " + key, e);
      }
      // A network file system may have made the link and lost the answer.
      return new PutOutcome.Unknown("the link failed: " + FolderFailures.reason(e));
    }
    try {
      folders.flush(KeyPaths.folderOf(target));
    } catch (IOException e) {
      return new PutOutcome.Unknown("written, but not flushed: " + FolderFailures.reason(e));
    }
    return new PutOutcome.Created();
  }

  /** Its writer may not have flushed it yet, and this answer must outlive a power cut too. */
  private PutOutcome alreadyExists(Path target) throws IOException {
    folders.flush(KeyPaths.folderOf(target));
    return new PutOutcome.AlreadyExists();
  }

  @Override
  public boolean listsInOrder() {
    return true;
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    Requests.checkList(prefix, maxKeys);
    try {
      return new FolderListing(root, paths, startAfter, maxKeys).keys(prefix);
    } catch (IOException e) {
      throw failures.of("list '" + prefix + "'", e);
    }
  }

  @Override
  public void delete(ObjectKey key) {
    Path target = paths.object(key);
    try {
      if (Files.deleteIfExists(target)) {
        folders.flush(KeyPaths.folderOf(target));
      } else {
        root.require();
      }
    } catch (IOException e) {
      throw failures.of("delete " + key, e);
    }
  }
}
