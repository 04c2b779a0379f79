package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import dev.graft.sqlite.ffi.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A pinned snapshot with the numbers under which it is shown to SQLite. For one connection; closed
 * by its owner.
 */
final class Pin implements AutoCloseable {
  private final Snapshot snapshot;
  private final int counter;
  private final int cookie;
  private final int pageBytes;
  private final int pageShift;
  private final int inPageMask;
  private final long sizeBytes;

  /** The first 100 bytes as shown; read when first asked for. */
  private byte @Nullable [] header;

  Pin(Snapshot snapshot, int counter, int cookie) {
    this.snapshot = snapshot;
    this.counter = counter;
    this.cookie = cookie;
    this.pageBytes = snapshot.pageSize().bytes();
    this.pageShift = snapshot.pageSize().log2();
    this.inPageMask = pageBytes - 1;
    this.sizeBytes = snapshot.pageCount().value() << pageShift;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  /** The change counter that the whole snapshot is shown under. */
  int counter() {
    return counter;
  }

  /** The change counter that SQLite finds in the header: 0 in an empty volume. */
  int counterSeen() {
    return FirstPage.intAt(header(), SqliteHeader.CHANGE_COUNTER_AT);
  }

  /** The schema cookie that SQLite finds in the header: 0 in an empty volume. */
  int cookieSeen() {
    return FirstPage.intAt(header(), SqliteHeader.SCHEMA_COOKIE_AT);
  }

  /** The first page as SQLite is shown it. */
  byte[] shownFirstPage() {
    byte[] page = storedFirstPage();
    FirstPage.show(page, counter, cookie);
    return page;
  }

  /** The size in whole pages of the volume. */
  long sizeBytes() {
    return sizeBytes;
  }

  /**
   * The size of the file: what SQLite's header tells when that ends within the last page of the
   * volume, for SQLite's pages may be smaller than the volume's.
   */
  long fileBytes() {
    if (sizeBytes == 0) {
      return 0;
    }
    long told = SqliteHeader.toldBytes(header(), sizeBytes);
    return told > sizeBytes - pageBytes && told <= sizeBytes ? told : sizeBytes;
  }

  /** The first 100 bytes of the file as shown; zeros in an empty volume. Not to be changed. */
  byte[] header() {
    byte[] now = header;
    if (now == null) {
      now = new byte[SqliteHeader.LENGTH];
      if (sizeBytes > 0) {
        snapshot.read(1, 0, MemorySegment.ofArray(now), 0, now.length);
        FirstPage.show(now, counter, cookie);
      }
      header = now;
    }
    return now;
  }

  /** The whole first page as stored; zeros in an empty volume. */
  byte[] storedFirstPage() {
    byte[] page = new byte[pageBytes];
    if (sizeBytes > 0) {
      snapshot.read(1, 0, MemorySegment.ofArray(page), 0, page.length);
    }
    return page;
  }

  /**
   * Hands bytes of the file to SQLite: those beyond the end are zeros.
   *
   * @return whether all of them lay inside
   */
  boolean read(long buffer, int amountBytes, long offsetBytes, ReadSet reads) {
    if (offsetBytes + amountBytes > sizeBytes) {
      return readAcrossEnd(buffer, amountBytes, offsetBytes, reads);
    }
    int inPage = (int) offsetBytes & inPageMask;
    if (inPage + amountBytes <= pageBytes && offsetBytes >= SqliteHeader.LENGTH) {
      long page = (offsetBytes >>> pageShift) + 1;
      snapshot.read(page, inPage, Memory.ALL, buffer, amountBytes);
      reads.add(page);
      return true;
    }
    readPieces(buffer, amountBytes, offsetBytes, reads);
    return true;
  }

  private boolean readAcrossEnd(long buffer, int amountBytes, long offsetBytes, ReadSet reads) {
    int inside = Math.clamp(sizeBytes - offsetBytes, 0, amountBytes);
    if (inside > 0) {
      readPieces(buffer, inside, offsetBytes, reads);
    }
    Memory.zero(buffer + inside, amountBytes - inside);
    return false;
  }

  private void readPieces(long buffer, int amountBytes, long offsetBytes, ReadSet reads) {
    int done = 0;
    if (offsetBytes < SqliteHeader.LENGTH) {
      done = Math.min(amountBytes, SqliteHeader.LENGTH - (int) offsetBytes);
      MemorySegment.copy(
          header(), (int) offsetBytes, Memory.ALL, ValueLayout.JAVA_BYTE, buffer, done);
      reads.add(1);
    }
    while (done < amountBytes) {
      long at = offsetBytes + done;
      int inPage = (int) at & inPageMask;
      int length = Math.min(pageBytes - inPage, amountBytes - done);
      long page = (at >>> pageShift) + 1;
      snapshot.read(page, inPage, Memory.ALL, buffer + done, length);
      reads.add(page);
      done += length;
    }
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
