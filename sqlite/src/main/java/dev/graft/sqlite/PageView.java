package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A snapshot in pages of SQLite's own size, which need not be the volume's. Immutable. */
final class PageView {
  private final int pageBytes;
  private final int usableBytes;

  private PageView(int pageBytes, int usableBytes) {
    this.pageBytes = pageBytes;
    this.usableBytes = usableBytes;
  }

  /** By the header of a file; null when that makes no sense. */
  static @Nullable PageView of(byte[] header) {
    if (!SqliteHeader.isSqlite(header)) {
      return null;
    }
    try {
      SqliteHeader parsed = SqliteHeader.parse(header);
      int bytes = parsed.pageSize().bytes();
      return new PageView(bytes, bytes - parsed.reservedBytes());
    } catch (dev.graft.protocol.error.GraftException.Misuse e) {
      return null;
    }
  }

  /** Bytes of a page. */
  int pageBytes() {
    return pageBytes;
  }

  /** Bytes of a page without the reserved ones. */
  int usableBytes() {
    return usableBytes;
  }

  /** The first page of the volume that holds a part of a page. */
  long firstInVolume(Snapshot snapshot, long page) {
    return ((page - 1) * pageBytes >>> snapshot.pageSize().log2()) + 1;
  }

  /** The last page of the volume that holds a part of a page. */
  long lastInVolume(Snapshot snapshot, long page) {
    return (page * pageBytes - 1 >>> snapshot.pageSize().log2()) + 1;
  }

  /** Whether a page lies in the snapshot and is here. */
  boolean isHere(Snapshot snapshot, long page) {
    if (page < 1) {
      return false;
    }
    long last = lastInVolume(snapshot, page);
    if (last > snapshot.pageCount().value()) {
      return false;
    }
    for (long each = firstInVolume(snapshot, page); each <= last; each++) {
      if (!snapshot.isHere(each)) {
        return false;
      }
    }
    return true;
  }

  /** A page when it is here, else null. */
  byte @Nullable [] readIfHere(Snapshot snapshot, long page) {
    return isHere(snapshot, page) ? read(snapshot, page) : null;
  }

  /** A page. */
  byte[] read(Snapshot snapshot, long page) {
    byte[] bytes = new byte[pageBytes];
    int volumeBytes = snapshot.pageSize().bytes();
    MemorySegment target = MemorySegment.ofArray(bytes);
    long start = (page - 1) * pageBytes;
    for (int done = 0; done < pageBytes; ) {
      long at = start + done;
      int inPage = (int) (at % volumeBytes);
      int length = Math.min(volumeBytes - inPage, pageBytes - done);
      snapshot.read(at / volumeBytes + 1, inPage, target, done, length);
      done += length;
    }
    return bytes;
  }
}
