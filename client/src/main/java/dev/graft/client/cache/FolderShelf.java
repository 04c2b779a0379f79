package dev.graft.client.cache;

import dev.graft.client.folder.DiskTrouble;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A shelf of data files in a folder, each of a fixed size that it occupies only as far as it is
 * written. Bytes are written through the file and read through a mapping of it: a write through a
 * mapping would stop the JVM on a full disk.
 */
final class FolderShelf implements Shelf {
  /** Bytes of a data file; a whole file is what can be given up at once. */
  static final long FILE_BYTES = 64L * 1024 * 1024;

  /** One data file, open and mapped. */
  private record DataFile(FileChannel channel, MemorySegment mapped) {}

  private final Path folder;
  private final Arena arena = Arena.ofShared();
  private final ConcurrentHashMap<Integer, DataFile> files = new ConcurrentHashMap<>();

  /** The next free byte, counted over all files as if they stood in a row; guarded by this. */
  private long next;

  FolderShelf(Path folder) {
    this.folder = folder;
  }

  private static Path pathOf(Path folder, int file) {
    return folder.resolve("pages-%06d".formatted(file));
  }

  /**
   * A stretch that was written by an earlier process.
   *
   * @return null when there is no such stretch any more
   */
  @org.jspecify.annotations.Nullable
  Spot known(int file, long offset, int length) {
    if (file < 0 || offset < 0 || offset + length > FILE_BYTES) {
      return null;
    }
    if (!files.containsKey(file) && !Files.exists(pathOf(folder, file))) {
      return null;
    }
    reserveUpTo(file * FILE_BYTES + offset + length);
    return new Spot(file, open(file).mapped, offset);
  }

  @Override
  public Spot place(byte[] bytes, int offset, int length) {
    long at = reserve(length);
    int file = (int) (at / FILE_BYTES);
    long within = at % FILE_BYTES;
    DataFile data = open(file);
    ByteBuffer source = ByteBuffer.wrap(bytes, offset, length);
    try {
      long position = within;
      while (source.hasRemaining()) {
        position += data.channel.write(source, position);
      }
    } catch (IOException e) {
      throw DiskTrouble.writing(pathOf(folder, file), e);
    }
    return new Spot(file, data.mapped, within);
  }

  private synchronized void reserveUpTo(long end) {
    next = Math.max(next, end);
  }

  private synchronized long reserve(int length) {
    long left = FILE_BYTES - next % FILE_BYTES;
    long start = length <= left ? next : next + left;
    next = start + length;
    return start;
  }

  private DataFile open(int file) {
    DataFile known = files.get(file);
    return known != null ? known : files.computeIfAbsent(file, this::openNew);
  }

  private DataFile openNew(int file) {
    Path path = pathOf(folder, file);
    try {
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        // Mapping more than there is extends the file without using room for it.
        return new DataFile(
            channel, channel.map(FileChannel.MapMode.READ_ONLY, 0, FILE_BYTES, arena));
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
  }

  @Override
  public void close() {
    arena.close();
    for (DataFile file : files.values()) {
      try {
        file.channel.close();
      } catch (IOException e) {
        // Nothing is lost: what was written is with the system, and the cache is proved when read.
        continue;
      }
    }
  }
}
