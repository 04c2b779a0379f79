package dev.graft.client.folder;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.wire.WireWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A file of records, each with its length and CRC32C, that only ever grows at its end. A crash
 * leaves whole records and perhaps a torn last one, which is forgotten at the next opening. Appends
 * from several threads are fine.
 */
public final class RecordLog implements AutoCloseable {
  /** What to do about a record that is damaged although others follow it. */
  public enum OnDamage {
    /** The records behind it can be had again from elsewhere. */
    FORGET_THE_REST,
    /** Nobody else has them: refuse to open. */
    REFUSE
  }

  private static final byte[] MAGIC = {'G', 'R', 'F', 'T', 'l', 'o', 'g', 1};
  private static final int HEAD_BYTES = 8;

  private final Path path;
  private final FileChannel channel;
  private final int maxBytes;

  /** Where the next record goes; guarded by this. */
  private long end;

  private RecordLog(Path path, FileChannel channel, int maxBytes, long end) {
    this.path = path;
    this.channel = channel;
    this.maxBytes = maxBytes;
    this.end = end;
  }

  /**
   * Opens the file, or begins it, and reads all its records in order.
   *
   * @param maxBytes the most that a record may have
   * @throws GraftException.Corrupt when it is no such file, or as {@code onDamage} says
   */
  public static RecordLog open(
      Path path, int maxBytes, OnDamage onDamage, Consumer<byte[]> records) {
    try {
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        if (channel.size() < MAGIC.length) {
          // Empty, or torn at its very beginning.
          channel.truncate(0);
          writeFully(channel, ByteBuffer.wrap(MAGIC), 0);
          return new RecordLog(path, channel, maxBytes, MAGIC.length);
        }
        long good = new RecordScan(path, channel, maxBytes, MAGIC).run(onDamage, records);
        channel.truncate(good);
        return new RecordLog(path, channel, maxBytes, good);
      } catch (RuntimeException | IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
  }

  /**
   * Adds a record; it outlives the process when this returns, but not a power cut before {@link
   * #sync}.
   *
   * @return where the payload's first byte stands in the file
   * @throws GraftException.Limit when the disk is full; the log is as it was
   */
  public long append(byte[] payload) {
    if (payload.length == 0 || payload.length > maxBytes) {
      throw new GraftException.Limit(
          "a record of "
              + payload.length
              + " bytes does not fit "
              + path
              + ": at most "
              + maxBytes);
    }
    ByteBuffer record = ByteBuffer.allocate(HEAD_BYTES + payload.length);
    record.putInt(payload.length);
    record.putInt(WireWriter.crc32c(payload, 0, payload.length));
    record.put(payload).flip();
    long at = reserve(record.remaining());
    try {
      writeFully(channel, record, at);
    } catch (IOException e) {
      release(at, record.limit());
      throw DiskTrouble.writing(path, e);
    }
    return at + HEAD_BYTES;
  }

  /**
   * Reads bytes of records that were added before.
   *
   * @param position in the file, as {@link #append} told
   */
  public byte[] read(long position, int length) {
    ByteBuffer target = ByteBuffer.allocate(length);
    try {
      long at = position;
      while (target.hasRemaining()) {
        int got = channel.read(target, at);
        if (got < 0) {
          throw new GraftException.Corrupt(
              path + " is damaged: it ends at byte " + at + ", where a record stood");
        }
        at += got;
      }
    } catch (IOException e) {
      throw DiskTrouble.reading(path, e);
    }
    return target.array();
  }

  /** Takes back what was added since the log had that many bytes. */
  public void cut(long sizeBytes) {
    try {
      channel.truncate(sizeBytes);
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
    synchronized (this) {
      end = Math.min(end, sizeBytes);
    }
  }

  /** Makes all records that were added before outlive a power cut. */
  public void sync() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
  }

  /** Bytes of the file. */
  public synchronized long sizeBytes() {
    return end;
  }

  private synchronized long reserve(int length) {
    long at = end;
    end += length;
    return at;
  }

  /** Gives a reserved place back, unless another record stands behind it already. */
  private synchronized void release(long at, int length) {
    if (end == at + length) {
      end = at;
    }
  }

  static void writeFully(FileChannel channel, ByteBuffer source, long position) throws IOException {
    long at = position;
    while (source.hasRemaining()) {
      at += channel.write(source, at);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
  }
}
