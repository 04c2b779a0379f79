package dev.graft.client.cache;

import dev.graft.client.folder.DiskTrouble;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of room for frames, in a file or in memory, that is written once from its beginning to
 * its end and given up as a whole. Its arena is its own: when that is closed, a reader in the midst
 * of a copy is told so by the JVM, and never sees what comes to lie there later.
 */
final class Slab {
  private final int number;
  private final Arena arena;
  private final MemorySegment segment;
  private final @Nullable FileChannel channel;
  private final @Nullable Path path;

  /** The next free byte; guarded by this. */
  private long used;

  /** Reservations whose frames are not known to the cache yet; guarded by this. */
  private int pending;

  /** Whether nothing more is put here; guarded by this. */
  private boolean sealed;

  /** What eviction found worth keeping; used in the cache's turn only. */
  long keptBytes;

  /** When it was begun, or the clock's hand came by and left it; used in the cache's turn only. */
  int turn;

  private Slab(
      int number,
      Arena arena,
      MemorySegment segment,
      @Nullable FileChannel channel,
      @Nullable Path path) {
    this.number = number;
    this.arena = arena;
    this.segment = segment;
    this.channel = channel;
    this.path = path;
  }

  /** In memory, outside of the Java heap. */
  static Slab inMemory(int number, long bytes) {
    Arena arena = Arena.ofShared();
    try {
      return new Slab(number, arena, arena.allocate(bytes), null, null);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw new GraftException.Limit(
          "no memory is left for cached pages; open the replica on a folder", e);
    }
  }

  /**
   * In a file, which is made if it is not there. Bytes are written through the file and read
   * through a mapping of it: a write through a mapping would stop the JVM on a full disk.
   */
  static Slab inFile(int number, Path path, long bytes) {
    Arena arena = Arena.ofShared();
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      // Mapping more than there is extends the file without using room for it.
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, arena);
      return new Slab(number, arena, mapped, channel, path);
    } catch (IOException e) {
      arena.close();
      closeQuietly(channel);
      throw DiskTrouble.writing(path, e);
    }
  }

  int number() {
    return number;
  }

  MemorySegment segment() {
    return segment;
  }

  boolean isFile() {
    return channel != null;
  }

  /**
   * Takes room for that many bytes; {@link #settled} has to follow.
   *
   * @return where they go, or -1 when there is no room
   */
  synchronized long reserve(int length) {
    if (sealed || used + length > segment.byteSize()) {
      return -1;
    }
    long at = used;
    used += length;
    pending++;
    return at;
  }

  /** A reservation came to its end: its frame is known to the cache, or nobody will ask for it. */
  synchronized void settled() {
    pending--;
  }

  /** Notes what an earlier process wrote. */
  synchronized void known(long end) {
    used = Math.max(used, end);
  }

  synchronized long usedBytes() {
    return used;
  }

  /** Whether that many bytes would find room now. */
  synchronized boolean hasRoom(int length) {
    return !sealed && used + length <= segment.byteSize();
  }

  /** The room that it takes: of a file, only what was written. */
  synchronized long roomBytes() {
    return channel == null ? segment.byteSize() : used;
  }

  /** Lets more in again. */
  synchronized void unseal() {
    sealed = false;
  }

  /** Lets nothing more in. */
  synchronized void seal() {
    sealed = true;
  }

  /** Whether all that was reserved is settled. */
  synchronized boolean isSettled() {
    return pending == 0;
  }

  /**
   * Writes into a reserved place.
   *
   * @throws GraftException when the disk refuses
   */
  void write(long at, ByteBuffer source) {
    if (channel == null) {
      MemorySegment.copy(MemorySegment.ofBuffer(source), 0, segment, at, source.remaining());
      return;
    }
    try {
      long position = at;
      while (source.hasRemaining()) {
        position += channel.write(source, position);
      }
    } catch (IOException e) {
      throw DiskTrouble.writing(Objects.requireNonNull(path), e);
    }
  }

  /**
   * Gives the room back, the file included.
   *
   * @return false when somebody proves a frame of it right now: then ask again later
   */
  boolean giveUp() {
    if (path != null) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // What cannot be deleted is deleted at the next opening: no entry of the index leads there.
        return close();
      }
    }
    return close();
  }

  /** Ends all reads; the file stays. False as {@link #giveUp}. */
  boolean close() {
    closeQuietly(channel);
    if (!segment.scope().isAlive()) {
      return true;
    }
    try {
      arena.close();
      return true;
    } catch (IllegalStateException e) {
      // A buffer over it is in use by a system call or a checksum, for a moment.
      return false;
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is lost: what was written is with the system, and the cache is proved when read.
      return;
    }
  }
}
