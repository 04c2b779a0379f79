package dev.graft.client.folder;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.wire.WireWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/** Reads a {@link RecordLog} from its beginning and finds its end. One thread, one use. */
final class RecordScan {
  private static final int HEAD_BYTES = RecordLog.HEAD_BYTES;
  private static final int CHECKED_FROM = RecordLog.CHECKED_FROM;
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final int maxBytes;
  private final byte[] magic;
  private final long size;
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();

  /** Where in the file the buffer ends. */
  private long read;

  RecordScan(Path path, FileChannel channel, int maxBytes, byte[] magic) throws IOException {
    this.path = path;
    this.channel = channel;
    this.maxBytes = maxBytes;
    this.magic = magic;
    this.size = channel.size();
  }

  /** Gives every good record on and returns where the good part ends. */
  long run(RecordLog.OnDamage onDamage, Consumer<byte[]> records) throws IOException {
    byte[] start = new byte[magic.length];
    fill(start.length);
    buffer.get(start);
    if (!Arrays.equals(start, magic)) {
      throw new GraftException.Corrupt(
          path + " does not begin as a file of this program and version; move it away");
    }
    while (true) {
      long at = read - buffer.remaining();
      byte[] payload = next();
      if (payload == null) {
        if (onDamage == RecordLog.OnDamage.REFUSE && wasSynced(at)) {
          throw new GraftException.Corrupt(
              path + " is damaged at byte " + at + " and whole records follow");
        }
        return at;
      }
      records.accept(payload);
    }
  }

  /** The next record; null when there is none or it is not good. */
  private byte @org.jspecify.annotations.Nullable [] next() throws IOException {
    if (!fill(HEAD_BYTES)) {
      return null;
    }
    int length = buffer.getInt(buffer.position());
    if (length <= 0 || length > maxBytes || !fill(HEAD_BYTES + length)) {
      return null;
    }
    byte[] record = new byte[HEAD_BYTES + length];
    buffer.get(record);
    return isWhole(record, 0, length)
        ? Arrays.copyOfRange(record, HEAD_BYTES, record.length)
        : null;
  }

  private static boolean isWhole(byte[] bytes, int at, int length) {
    int checked = HEAD_BYTES + length - CHECKED_FROM;
    return WireWriter.crc32c(bytes, at + CHECKED_FROM, checked)
        == ByteBuffer.wrap(bytes).getInt(at + Integer.BYTES);
  }

  /**
   * Whether a whole record behind a bad one says that more than the beginning of the bad one was
   * synced. Looks at as much as two of the longest records have: the end that a crash leaves
   * unsynced is not longer.
   */
  private boolean wasSynced(long at) throws IOException {
    seek(at);
    fill((int) Math.min(size - at, 2L * (HEAD_BYTES + maxBytes)));
    byte[] rest = new byte[buffer.remaining()];
    buffer.get(rest);
    ByteBuffer view = ByteBuffer.wrap(rest);
    for (int place = 1; place + HEAD_BYTES < rest.length; place++) {
      int length = view.getInt(place);
      long synced = view.getLong(place + CHECKED_FROM);
      boolean believable =
          length > 0
              && length <= maxBytes
              && length <= rest.length - place - HEAD_BYTES
              && synced > at
              && synced <= at + place;
      if (believable && isWhole(rest, place, length)) {
        return true;
      }
    }
    return false;
  }

  private void seek(long position) {
    buffer.limit(0);
    read = position;
  }

  /** Makes that many bytes ready in the buffer, unless the file ends before. */
  private boolean fill(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return true;
    }
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocate(bytes).put(buffer);
    } else {
      buffer.compact();
    }
    while (buffer.hasRemaining()) {
      int got = channel.read(buffer, read);
      if (got < 0) {
        break;
      }
      read += got;
    }
    buffer.flip();
    return buffer.remaining() >= bytes;
  }
}
