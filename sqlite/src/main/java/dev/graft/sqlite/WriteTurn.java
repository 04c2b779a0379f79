package dev.graft.sqlite;

import dev.graft.client.CommitResult;
import dev.graft.client.Mutation;
import dev.graft.client.Transaction;
import dev.graft.protocol.page.PageCount;
import dev.graft.sqlite.ffi.Memory;
import dev.graft.sqlite.ffi.Sqlite3;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One write transaction of a connection: what SQLite writes between its RESERVED lock and the
 * unlock, staged on a snapshot. For one connection.
 *
 * <p>The first page is kept here and not in the transaction, since it is shown with other numbers
 * than it is stored with, and often need not be stored at all.
 *
 * <p>SQLite asks for a sync when it commits and also after it has rolled back pages that it had
 * spilled. The two are told apart by the change counter: a commit always raises it, a rollback puts
 * the old one back.
 */
final class WriteTurn implements AutoCloseable {
  /** How far it has come. */
  private enum State {
    OPEN,
    /** Durable; SQLite only has to finish. */
    COMMITTED,
    /** Failed for good: SQLite may only roll back, and what it writes is of no account. */
    FAILED
  }

  private final OpenVolume volume;
  private final Transaction transaction;
  private final Pin base;
  private final CommitSettings settings;
  private final Supplier<@Nullable Mutation> mutation;
  private final int pageBytes;
  private final int pageShift;
  private final LongSet hot = new LongSet();
  private byte @Nullable [] first;
  private byte @Nullable [] scratch;
  private long sizeBytes;
  private State state = State.OPEN;
  private boolean conflicted;
  private boolean wroteAfterCommit;
  private @Nullable OwnCommit committed;

  /**
   * @param transaction on a snapshot of the same content as {@code base}; closed by this object
   * @param base what the connection reads; owned by the connection
   * @param mutation tells, when it comes to a commit, how to do the work again; null when that is
   *     not known
   */
  WriteTurn(
      OpenVolume volume,
      Transaction transaction,
      Pin base,
      CommitSettings settings,
      Supplier<@Nullable Mutation> mutation) {
    this.volume = volume;
    this.transaction = transaction;
    this.base = base;
    this.settings = settings;
    this.mutation = mutation;
    this.pageBytes = volume.replica().pageSize().bytes();
    this.pageShift = volume.replica().pageSize().log2();
    this.sizeBytes = base.fileBytes();
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** What became of it, once it is durable; else null. */
  @Nullable OwnCommit committed() {
    return committed;
  }

  /** Hands over what became of it, once it is durable, to be closed by the caller; else null. */
  @Nullable OwnCommit ended() {
    OwnCommit own = committed;
    committed = null;
    return own;
  }

  /** Whether its commits go to the replica's folder and no further. */
  boolean isLocal() {
    return settings.isLocal();
  }

  /** Whether the commit was refused because another came first. */
  boolean conflicted() {
    return conflicted;
  }

  /** Reads as {@link Pin#read}, staged bytes first. */
  int read(long buffer, int amountBytes, long offsetBytes, ReadSet reads) {
    if (state != State.OPEN) {
      return Sqlite3.SQLITE_BUSY_SNAPSHOT;
    }
    int inside = Math.clamp(sizeBytes - offsetBytes, 0, amountBytes);
    int done = 0;
    while (done < inside) {
      long at = offsetBytes + done;
      int inPage = (int) at & pageBytes - 1;
      int length = Math.min(pageBytes - inPage, inside - done);
      long page = (at >>> pageShift) + 1;
      byte[] staged = page == 1 ? first : null;
      if (staged != null) {
        MemorySegment.copy(
            staged, inPage, Memory.ALL, ValueLayout.JAVA_BYTE, buffer + done, length);
      } else if (page == 1) {
        base.read(buffer + done, length, at, reads);
      } else {
        transaction.read(page, inPage, Memory.ALL, buffer + done, length);
        reads.add(page);
      }
      done += length;
    }
    if (inside == amountBytes) {
      return Sqlite3.SQLITE_OK;
    }
    Memory.zero(buffer + inside, amountBytes - inside);
    return Sqlite3.SQLITE_IOERR_SHORT_READ;
  }

  /** Stages bytes. When that fails, SQLite can only roll back. */
  void write(long buffer, int amountBytes, long offsetBytes, ReadSet reads) {
    wroteAfterCommit |= state == State.COMMITTED;
    State before = state;
    boolean done = false;
    try {
      stage(buffer, amountBytes, offsetBytes, reads);
      done = true;
    } finally {
      state = done ? before : State.FAILED;
    }
  }

  /** What SQLite writes it keeps in its cache, and later transactions read it there. */
  private void stage(long buffer, int amountBytes, long offsetBytes, ReadSet reads) {
    int done = 0;
    while (done < amountBytes) {
      long at = offsetBytes + done;
      int inPage = (int) at & pageBytes - 1;
      int length = Math.min(pageBytes - inPage, amountBytes - done);
      long page = (at >>> pageShift) + 1;
      if (page == 1) {
        writeFirst(buffer + done, inPage, length);
      } else if (state == State.OPEN) {
        writeOther(page, buffer + done, inPage, length);
      }
      reads.add(page);
      done += length;
    }
    if (BTreePage.isInterior(Memory.getByte(buffer + (offsetBytes == 0 ? 100 : 0)))) {
      hot.add((offsetBytes >>> pageShift) + 1);
    }
    sizeBytes = Math.max(sizeBytes, offsetBytes + amountBytes);
  }

  private void writeFirst(long buffer, int inPage, int length) {
    byte[] page = first;
    if (page == null) {
      page = base.shownFirstPage();
      first = page;
    }
    MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, buffer, page, inPage, length);
  }

  private void writeOther(long page, long buffer, int inPage, int length) {
    if (length == pageBytes) {
      transaction.write(page, Memory.ALL, buffer);
      return;
    }
    byte[] whole = scratch;
    if (whole == null) {
      whole = new byte[pageBytes];
      scratch = whole;
    }
    MemorySegment segment = MemorySegment.ofArray(whole);
    transaction.read(page, 0, segment, 0, pageBytes);
    MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, buffer, whole, inPage, length);
    transaction.write(page, segment, 0);
  }

  /** Cuts or grows the file. After the commit, the commit has cut already what SQLite cuts now. */
  int truncate(long newSizeBytes) {
    sizeBytes = newSizeBytes;
    switch (state) {
      case OPEN -> {
        transaction.truncate(pagesFor(newSizeBytes));
        if (newSizeBytes == 0) {
          first = null;
        }
      }
      case COMMITTED -> {
        return wroteAfterCommit ? Sqlite3.SQLITE_OK : truncateAfterCommit(pagesFor(newSizeBytes));
      }
      case FAILED -> {}
    }
    return Sqlite3.SQLITE_OK;
  }

  /**
   * VACUUM cuts the file after the sync. The header told the final size in time for the commit;
   * should it have told another one, then a commit of its own sets it right.
   */
  private int truncateAfterCommit(PageCount count) {
    OwnCommit before = committed;
    try (Transaction late = volume.replica().begin()) {
      if (late.pageCount().equals(count)) {
        return Sqlite3.SQLITE_OK;
      }
      if (before == null || !before.isCurrent(late.base())) {
        return Sqlite3.SQLITE_IOERR_TRUNCATE;
      }
      late.truncate(count);
      var written =
          new ShownNumbers.Written(late, before.counter(), before.cookie(), before.counter());
      volume.shown().announce(written);
      try {
        CommitResult result = late.commit(settings.options(page -> false, Recording.NOTHING_MORE));
        if (result instanceof CommitResult.Committed || result instanceof CommitResult.Local) {
          before.close();
          committed = OwnCommit.of(volume.replica(), written, result, base.snapshot());
          return Sqlite3.SQLITE_OK;
        }
        return Sqlite3.SQLITE_IOERR_TRUNCATE;
      } finally {
        volume.shown().retire(written);
      }
    }
  }

  private PageCount pagesFor(long bytes) {
    return new PageCount((bytes + pageBytes - 1) >>> pageShift);
  }

  /**
   * Makes durable what is staged, when SQLite has raised the change counter: in the store, or in
   * the replica's folder. From here on other connections see it.
   *
   * @param reads all that the connection may have read
   * @return a result code: plain BUSY when another commit came first, since SQLite then leaves the
   *     transaction open and the application rolls it back
   */
  int sync(ReadSet reads) {
    byte[] page = first;
    boolean raised =
        page != null && FirstPage.intAt(page, SqliteHeader.CHANGE_COUNTER_AT) != base.counterSeen();
    if (!raised || state == State.COMMITTED) {
      return Sqlite3.SQLITE_OK;
    }
    if (page == null || state == State.FAILED) {
      return Sqlite3.SQLITE_BUSY;
    }
    state = State.FAILED;
    stageFirst(page);
    transaction.recordReads(reads.pages());
    int counter = FirstPage.intAt(page, SqliteHeader.CHANGE_COUNTER_AT);
    int cookie = FirstPage.intAt(page, SqliteHeader.SCHEMA_COOKIE_AT);
    var written = new ShownNumbers.Written(transaction, counter, cookie, base.counter());
    volume.shown().announce(written);
    try {
      return outcome(transaction.commit(settings.options(this::isHot, mutation.get())), written);
    } finally {
      volume.shown().retire(written);
    }
  }

  /** Every query reads page 1, and passes interior pages. */
  private boolean isHot(long page) {
    return page == 1 || hot.contains(page);
  }

  /** Stages the first page as it is to be stored, or leaves it out, and the final size. */
  private void stageFirst(byte[] page) {
    byte[] stored = base.storedFirstPage();
    byte[] mine = FirstPage.toStored(page, stored, base.cookieSeen());
    if (base.sizeBytes() == 0 || !FirstPage.sayTheSame(mine, stored)) {
      transaction.write(1, MemorySegment.ofArray(mine), 0);
    }
    PageCount count = pagesFor(SqliteHeader.toldBytes(page, sizeBytes));
    if (!count.equals(transaction.pageCount())) {
      transaction.truncate(count);
    }
  }

  private int outcome(CommitResult result, ShownNumbers.Written written) {
    if (result instanceof CommitResult.Conflict) {
      conflicted = true;
      return Sqlite3.SQLITE_BUSY;
    }
    committed = OwnCommit.of(volume.replica(), written, result, base.snapshot());
    state = State.COMMITTED;
    settings.committed();
    return Sqlite3.SQLITE_OK;
  }

  /** What SQLite believes to be committed must be. */
  int finish(ReadSet reads) {
    int rc = wroteAfterCommit ? Sqlite3.SQLITE_IOERR : sync(reads);
    boolean left = state == State.OPEN && !transaction.isEmpty();
    return left ? Sqlite3.SQLITE_IOERR : rc;
  }

  @Override
  public void close() {
    if (committed != null) {
      committed.close();
    }
    transaction.close();
  }
}
