package dev.graft.client.files;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** What channels over pages have in common: a position, an end, and reading. One thread. */
abstract class PagedChannel implements SeekableByteChannel {
  private final int pageBytes;
  private long position;
  private boolean open = true;

  PagedChannel(int pageBytes) {
    this.pageBytes = pageBytes;
  }

  /** The exact length in bytes. */
  abstract long length();

  /**
   * Copies a part of a page.
   *
   * @param number of the page within the channel, from 0
   */
  abstract void readPage(
      long number, int offsetInPage, MemorySegment target, long targetOffset, int length);

  /** Gives up what the channel holds; called once. */
  abstract void release();

  final int pageBytes() {
    return pageBytes;
  }

  final void moveTo(long newPosition) {
    position = newPosition;
  }

  final void requireOpen() throws ClosedChannelException {
    if (!open) {
      throw new ClosedChannelException();
    }
  }

  /** Those who use channels handle failures as {@link IOException}. */
  static IOException told(GraftException failure) {
    return new IOException(failure.getMessage(), failure);
  }

  @Override
  public final int read(ByteBuffer target) throws IOException {
    requireOpen();
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("the buffer to read into is read-only");
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    long left = length() - position;
    if (left <= 0) {
      return -1;
    }
    int wanted = (int) Math.min(left, target.remaining());
    MemorySegment memory = MemorySegment.ofBuffer(target);
    try {
      for (int done = 0; done < wanted; ) {
        int offset = (int) ((position + done) % pageBytes);
        int length = Math.min(wanted - done, pageBytes - offset);
        readPage((position + done) / pageBytes, offset, memory, done, length);
        done += length;
      }
    } catch (GraftException failure) {
      throw told(failure);
    }
    target.position(target.position() + wanted);
    position += wanted;
    return wanted;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    requireOpen();
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) throws IOException {
    requireOpen();
    throw new NonWritableChannelException();
  }

  @Override
  public final long position() throws IOException {
    requireOpen();
    return position;
  }

  @Override
  public final SeekableByteChannel position(long newPosition) throws IOException {
    requireOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("position " + newPosition + " lies before the beginning");
    }
    position = newPosition;
    return this;
  }

  @Override
  public final long size() throws IOException {
    requireOpen();
    return length();
  }

  @Override
  public final boolean isOpen() {
    return open;
  }

  @Override
  public final void close() {
    if (open) {
      open = false;
      release();
    }
  }
}
