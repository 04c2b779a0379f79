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
  private static final int HEAD_BYTES = 8;
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
        if (onDamage == RecordLog.OnDamage.REFUSE && goodRecordAfter(at)) {
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
    int length = buffer.getInt();
    int crc32c = buffer.getInt();
    if (length <= 0 || length > maxBytes || !fill(length)) {
      return null;
    }
    byte[] payload = new byte[length];
    buffer.get(payload);
    return WireWriter.crc32c(payload, 0, length) == crc32c ? payload : null;
  }

  /**
   * Whether behind a bad record of a believable length a good one stands: then it is no torn end.
   */
  private boolean goodRecordAfter(long at) throws IOException {
    seek(at);
    if (!fill(HEAD_BYTES)) {
      return false;
    }
    int length = buffer.getInt();
    buffer.getInt();
    if (length <= 0 || length > maxBytes || at + HEAD_BYTES + length >= size) {
      return false;
    }
    seek(at + HEAD_BYTES + length);
    return next() != null;
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
