package dev.graft.client.folder;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.wire.WireWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A file of records, each with its length and CRC32C, that only ever grows at its end. A crash
 * leaves whole records and perhaps a damaged end, which is forgotten at the next opening: a power
 * cut may keep of what was not synced a later record and not an earlier one. Each record says how
 * much of the log was synced when it was added, so that an end that was never synced is told from
 * damage to what was. Appends from several threads are fine.
 */
public final class RecordLog implements AutoCloseable {
  /** What to do about a record that is damaged although others follow it. */
  public enum OnDamage {
    /** The records behind it can be had again from elsewhere. */
    FORGET_THE_REST,
    /** Nobody else has them: refuse to open, when a record behind it says that it was synced. */
    REFUSE
  }

  /** Where the first record begins. */
  public static final int START_BYTES = 8;

  /** Before a record's payload: its length, its CRC32C, and how much was synced before it. */
  public static final int HEAD_BYTES = 16;

  /** The checksum holds all behind it: what was synced, and the payload. */
  static final int CHECKED_FROM = 8;

  private static final byte[] MAGIC = {'G', 'R', 'F', 'T', 'l', 'o', 'g', 2};

  private final Path path;
  private final FileChannel channel;
  private final int maxBytes;

  /** Where the next record goes; guarded by this. */
  private long end;

  /** Where records begin that are being written; guarded by this. */
  private final TreeSet<Long> writing = new TreeSet<>();

  /** Up to where the log outlives a power cut, as far as is known; guarded by this. */
  private long synced;

  private RecordLog(Path path, FileChannel channel, int maxBytes, long end, long synced) {
    this.path = path;
    this.channel = channel;
    this.maxBytes = maxBytes;
    this.end = end;
    this.synced = synced;
  }

  /**
   * Opens the file, or begins it, and reads all its records in order. Unless the rest may be
   * forgotten, what was read outlives a power cut when this returns.
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
        long good = MAGIC.length;
        if (channel.size() < MAGIC.length) {
          // Empty, or torn at its very beginning.
          channel.truncate(0);
          writeFully(channel, ByteBuffer.wrap(MAGIC), 0);
        } else {
          good = new RecordScan(path, channel, maxBytes, MAGIC).run(onDamage, records);
          channel.truncate(good);
        }
        if (onDamage == OnDamage.REFUSE) {
          // What a killed process had not synced was just shown; from now on it stays.
          channel.force(false);
          return new RecordLog(path, channel, maxBytes, good, good);
        }
        return new RecordLog(path, channel, maxBytes, good, 0);
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
    int length = HEAD_BYTES + payload.length;
    long at;
    long before;
    synchronized (this) {
      at = end;
      end += length;
      writing.add(at);
      before = synced;
    }
    boolean done = false;
    try {
      writeFully(channel, record(payload, before), at);
      done = true;
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    } finally {
      written(at, length, done);
    }
    return at + HEAD_BYTES;
  }

  private static ByteBuffer record(byte[] payload, long synced) {
    ByteBuffer record = ByteBuffer.allocate(HEAD_BYTES + payload.length);
    record.putInt(payload.length).putInt(0).putLong(synced).put(payload).flip();
    int checked = record.limit() - CHECKED_FROM;
    return record.putInt(4, WireWriter.crc32c(record.array(), CHECKED_FROM, checked));
  }

  /** A place that was not written to is given back, unless another record stands behind it. */
  private synchronized void written(long at, int length, boolean done) {
    writing.remove(at);
    if (!done && end == at + length) {
      end = at;
    }
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
      synced = Math.min(synced, sizeBytes);
    }
  }

  /** Makes all records that were added before outlive a power cut. */
  public void sync() {
    long upTo = sizeBytes();
    try {
      channel.force(false);
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
    synchronized (this) {
      // It may have been cut meanwhile.
      synced = Math.max(synced, Math.min(upTo, end));
    }
  }

  /**
   * Bytes of the file up to the first record that is still being written: what a sync that begins
   * now makes durable.
   */
  public synchronized long sizeBytes() {
    return writing.isEmpty() ? end : writing.first();
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
