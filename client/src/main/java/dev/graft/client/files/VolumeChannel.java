package dev.graft.client.files;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageIdx;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A volume as one run of bytes: byte <i>b</i> lies in page <i>b / page size + 1</i>, and only the
 * pages that are read are fetched. Read-only over a snapshot; over a transaction also writable.
 *
 * <p>What is written is seen through this channel alone until {@link #commit}, which is one commit
 * whatever was written; closing without it drops everything. Bytes never written read as zeros, and
 * a gap that a write beyond the end leaves takes no room.
 *
 * <p>The length is exact: unless it is a multiple of the page size, one more page at the volume's
 * end tells it (see {@code docs/formats.md}). A volume that something else wrote, a SQLite database
 * for example, is as long as its pages.
 *
 * <p>For one thread at a time. A failure of the volume is an {@link IOException} whose cause is the
 * {@link GraftException}; the position then is where it was.
 */
public final class VolumeChannel extends PagedChannel {
  private final Pages pages;
  private final @Nullable Transaction transaction;
  private final Runnable ending;

  /** Where a partly written page is put together. */
  private final byte[] scratch;

  private long length;

  /** Whether the volume's last page, as staged, tells the length. */
  private boolean hasLengthPage;

  private boolean lengthChanged;
  private boolean sealed;

  /** Reads a part of a page of a snapshot or a transaction. */
  @FunctionalInterface
  private interface Pages {
    void read(long pageIdx, int offset, MemorySegment target, long targetOffset, int length);
  }

  private VolumeChannel(
      Pages pages,
      int pageBytes,
      PageCount count,
      @Nullable Transaction transaction,
      Runnable ending) {
    super(pageBytes);
    this.pages = pages;
    this.transaction = transaction;
    this.ending = ending;
    this.scratch = new byte[pageBytes];
    this.length = count.value() * pageBytes;
    if (count.value() > 0) {
      load(count.value());
      LengthPage.decode(scratch, count)
          .ifPresent(told -> {
            length = told;
            hasLengthPage = true;
          });
    }
  }

  /**
   * Reads a snapshot. Fetches its last page, which may tell the length.
   *
   * @param snapshot the channel's from now on: closed with it
   */
  public static VolumeChannel over(Snapshot snapshot) {
    return new VolumeChannel(
        snapshot::read, snapshot.pageSize().bytes(), snapshot.pageCount(), null, snapshot::close);
  }

  /**
   * Reads and writes in a transaction. Fetches its last page, which may tell the length.
   *
   * @param transaction the channel's from now on: closed with it
   */
  public static VolumeChannel over(Transaction transaction) {
    return new VolumeChannel(
        transaction::read,
        transaction.base().pageSize().bytes(),
        transaction.pageCount(),
        transaction,
        transaction::close);
  }

  private void load(long pageIdx) {
    pages.read(pageIdx, 0, MemorySegment.ofArray(scratch), 0, scratch.length);
  }

  @Override
  long length() {
    return length;
  }

  @Override
  void readPage(
      long number, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    pages.read(number + 1, offsetInPage, target, targetOffset, length);
  }

  private Transaction writable() {
    if (transaction == null) {
      throw new NonWritableChannelException();
    }
    return transaction;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    requireOpen();
    Transaction staged = writable();
    int count = source.remaining();
    if (count == 0) {
      return 0;
    }
    long from = position();
    try {
      // One page less than there can be: the last may have to tell the length.
      if (from > (PageIdx.MAX_VALUE - 1) * pageBytes() - count) {
        throw new GraftException.Limit(
            "byte " + from + " lies beyond what a volume with pages of " + pageBytes() + " holds");
      }
      if (from + count > length) {
        dropLengthPage(staged);
      }
      MemorySegment bytes = MemorySegment.ofBuffer(source);
      for (int done = 0; done < count; ) {
        int offset = (int) ((from + done) % pageBytes());
        int part = Math.min(count - done, pageBytes() - offset);
        writePart(staged, (from + done) / pageBytes(), offset, bytes, done, part);
        done += part;
        length = Math.max(length, from + done);
      }
    } catch (GraftException failure) {
      throw told(failure);
    }
    source.position(source.position() + count);
    moveTo(from + count);
    return count;
  }

  private void writePart(
      Transaction staged, long number, int offset, MemorySegment bytes, long from, int part) {
    if (part == pageBytes()) {
      staged.write(number + 1, bytes, from);
      return;
    }
    if (number * pageBytes() < length) {
      load(number + 1);
    } else {
      Arrays.fill(scratch, (byte) 0);
    }
    MemorySegment page = MemorySegment.ofArray(scratch);
    MemorySegment.copy(bytes, from, page, offset, part);
    staged.write(number + 1, page, 0);
  }

  /** Before the length changes: the page that told it is no part of the bytes. */
  private void dropLengthPage(Transaction staged) {
    lengthChanged = true;
    if (hasLengthPage) {
      staged.truncate(new PageCount(LengthPage.pages(length, pageBytes())));
      hasLengthPage = false;
    }
  }

  /** As the interface says: a size beyond the end changes nothing but perhaps the position. */
  @Override
  public VolumeChannel truncate(long size) throws IOException {
    requireOpen();
    Transaction staged = writable();
    if (size < 0) {
      throw new IllegalArgumentException("a size of " + size + " cannot be");
    }
    try {
      if (size < length) {
        dropLengthPage(staged);
        long kept = LengthPage.pages(size, pageBytes());
        int inLast = (int) (size % pageBytes());
        if (inLast != 0) {
          load(kept);
          Arrays.fill(scratch, inLast, scratch.length, (byte) 0);
          staged.write(kept, MemorySegment.ofArray(scratch), 0);
        }
        staged.truncate(new PageCount(kept));
        length = size;
      }
    } catch (GraftException failure) {
      throw told(failure);
    }
    moveTo(Math.min(position(), size));
    return this;
  }

  /**
   * Commits what was written and closes the channel, in every case but an exception of kind
   * unavailable: then the same call may be repeated to find out what became of it.
   *
   * @throws NonWritableChannelException over a snapshot
   * @throws GraftException as {@link Transaction#commit} says
   * @throws java.nio.channels.ClosedChannelException when it is closed
   */
  public CommitResult commit(CommitOptions options) throws IOException {
    requireOpen();
    Transaction staged = writable();
    if (!sealed) {
      tellLength(staged);
      sealed = true;
    }
    CommitResult result = staged.commit(options);
    close();
    return result;
  }

  /** Makes sure that the volume's end tells the length, and nothing else. */
  private void tellLength(Transaction staged) {
    long last = LengthPage.pages(length, pageBytes());
    boolean lastWritten = last > 0 && staged.writeSet().contains(last);
    if (!lengthChanged && !lastWritten) {
      return;
    }
    boolean needed = length % pageBytes() != 0;
    if (!needed && last > 0) {
      // A volume that ends in bytes that look like such a page says that they are none.
      load(last);
      needed = LengthPage.isLengthPage(scratch);
    }
    if (needed && !hasLengthPage) {
      byte[] page = LengthPage.encode(length, pageBytes());
      staged.write(last + 1, MemorySegment.ofArray(page), 0);
    } else if (!needed && hasLengthPage) {
      staged.truncate(new PageCount(last));
    }
  }

  @Override
  void release() {
    ending.run();
  }
}
