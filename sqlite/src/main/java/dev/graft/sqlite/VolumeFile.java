package dev.graft.sqlite;

import static dev.graft.sqlite.ffi.Sqlite3.SQLITE_LOCK_NONE;
import static dev.graft.sqlite.ffi.Sqlite3.SQLITE_LOCK_RESERVED;
import static dev.graft.sqlite.ffi.Sqlite3.SQLITE_LOCK_SHARED;
import static dev.graft.sqlite.ffi.Sqlite3.SQLITE_OK;

import dev.graft.client.Mutation;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.sqlite.ffi.Memory;
import dev.graft.sqlite.ffi.OpenFile;
import dev.graft.sqlite.ffi.Sqlite3;
import dev.graft.sqlite.ffi.StatementTrace;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A volume as one connection has it open: the file that SQLite sees.
 *
 * <p>SHARED pins a snapshot, and NONE lets it go. RESERVED takes the one turn to write, and refuses
 * when the replica has moved from the pinned snapshot. Writes are staged in a {@link WriteTurn};
 * FCNTL_SYNC makes them durable, an unlock without it drops them. PENDING and EXCLUSIVE mean
 * nothing more: readers hold snapshots.
 *
 * <p>Called for one connection, one call at a time.
 */
final class VolumeFile implements OpenFile {
  private static final int SECTOR_BYTES = 512;

  private final OpenVolume volume;
  private final CommitSettings settings;
  private final Runnable onClose;
  private final PragmaVerbs pragmas;

  /** A snapshot of the past that this file shows for ever, read only; or null. */
  private final @Nullable Pin past;

  private final ReadSet reads = new ReadSet();
  private final IndexRunAhead runAhead = new IndexRunAhead(reads);
  private int level = SQLITE_LOCK_NONE;
  private @Nullable Pin pin;
  private @Nullable WriteTurn turn;

  /** Under which number the pages that the connection may have cached were shown. */
  private int cachedCounter;

  /** Own commit after which the connection reads on without having let go of its lock. */
  private @Nullable OwnCommit readsOn;

  /** What the connection does in its transaction; null where nobody listens to its statements. */
  private @Nullable Recording recording;

  private volatile @Nullable Throwable lastFailure;

  /**
   * @param past a snapshot of the past to show, closed with this file; null for the current one
   * @param settings how it commits
   * @param onClose what to do in the end
   */
  VolumeFile(
      OpenVolume volume, @Nullable Snapshot past, CommitSettings settings, Runnable onClose) {
    this.volume = volume;
    this.settings = settings;
    this.past = past == null ? null : new Pin(past, 1, 1);
    this.onClose = onClose;
    this.pragmas = new PragmaVerbs(this);
    this.cachedCounter = 0;
  }

  OpenVolume volume() {
    return volume;
  }

  CommitSettings settings() {
    return settings;
  }

  /** Has the work of its transactions told by what the connection's statements are. */
  void recordedBy(Recording statements) {
    recording = statements;
  }

  /** What {@link #recordedBy} set, or null. */
  @Nullable Recording recording() {
    return recording;
  }

  /** Whether it shows a snapshot of the past. */
  boolean isPast() {
    return past != null;
  }

  /** Does something on the snapshot that this file shows now. */
  <T> T onSnapshot(Function<Snapshot, T> work) {
    Pin shown = past != null ? past : pin;
    if (shown != null) {
      return work.apply(shown.snapshot());
    }
    try (Snapshot briefly = volume.replica().snapshot()) {
      return work.apply(briefly);
    }
  }

  boolean isWriting() {
    return turn != null;
  }

  /** What last went wrong here, or null. */
  @Nullable Throwable lastFailure() {
    return lastFailure;
  }

  @Override
  public int xClose() {
    try {
      xUnlock(SQLITE_LOCK_NONE);
      if (past != null) {
        past.close();
      }
    } finally {
      Recording statements = recording;
      if (statements != null) {
        StatementTrace.forget(statements.db());
      }
      onClose.run();
    }
    return SQLITE_OK;
  }

  @Override
  public int xRead(long buffer, int amountBytes, long offsetBytes) {
    if (turn != null) {
      WriteTurn writing = turn;
      if (writing.committed() == null) {
        return writing.read(buffer, amountBytes, offsetBytes, reads);
      }
    }
    Pin now = readsOn == null ? pin : pinned();
    if (now != null) {
      runAhead.reading(now.snapshot(), amountBytes, offsetBytes);
    }
    boolean inside =
        now != null
            ? now.read(buffer, amountBytes, offsetBytes, reads)
            : readUnpinned(buffer, amountBytes, offsetBytes);
    if (now != null) {
      runAhead.served(now, Memory.getByte(buffer), amountBytes, offsetBytes);
    }
    return inside ? SQLITE_OK : Sqlite3.SQLITE_IOERR_SHORT_READ;
  }

  /** SQLite looks at the header when it opens a file, without a lock. */
  private boolean readUnpinned(long buffer, int amountBytes, long offsetBytes) {
    if (level != SQLITE_LOCK_NONE) {
      return pinned().read(buffer, amountBytes, offsetBytes, reads);
    }
    if (past != null) {
      return past.read(buffer, amountBytes, offsetBytes, reads);
    }
    try (Pin briefly = volume.pin()) {
      return briefly.read(buffer, amountBytes, offsetBytes, reads);
    }
  }

  @Override
  public int xWrite(long buffer, int amountBytes, long offsetBytes) {
    WriteTurn writing = turn;
    if (writing == null) {
      throw new GraftException.Misuse("a write without a lock");
    }
    writing.write(buffer, amountBytes, offsetBytes, reads);
    return SQLITE_OK;
  }

  @Override
  public int xTruncate(long sizeBytes) {
    WriteTurn writing = turn;
    if (writing == null) {
      throw new GraftException.Misuse("a truncation without a lock");
    }
    return writing.truncate(sizeBytes);
  }

  /** All is durable since FCNTL_SYNC. */
  @Override
  public int xSync(int flags) {
    return SQLITE_OK;
  }

  @Override
  public int xFileSize(long pSize) {
    WriteTurn writing = turn;
    long bytes;
    if (writing != null) {
      bytes = writing.sizeBytes();
    } else if (level != SQLITE_LOCK_NONE) {
      bytes = pinned().fileBytes();
    } else if (past != null) {
      bytes = past.fileBytes();
    } else {
      try (Pin briefly = volume.pin()) {
        bytes = briefly.fileBytes();
      }
    }
    Memory.putLong(pSize, bytes);
    return SQLITE_OK;
  }

  @Override
  public int xLock(int wanted) {
    if (wanted <= level) {
      return SQLITE_OK;
    }
    if (level == SQLITE_LOCK_NONE) {
      Pin now = past != null ? past : volume.pin();
      pin = now;
      level = SQLITE_LOCK_SHARED;
      if (now.counter() != cachedCounter) {
        reads.clear();
        runAhead.clear();
        cachedCounter = now.counter();
      }
    }
    if (wanted >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED) {
      int rc = reserve();
      if (rc != SQLITE_OK) {
        return rc;
      }
    }
    level = wanted;
    return SQLITE_OK;
  }

  private int reserve() {
    if (past != null) {
      return Sqlite3.SQLITE_READONLY;
    }
    if (!volume.tryWrite(this)) {
      return Sqlite3.SQLITE_BUSY;
    }
    Transaction transaction = null;
    try {
      Pin base = pinned();
      transaction = volume.replica().begin();
      if (volume.shown().isShownAs(transaction.base(), base.counter())) {
        turn = new WriteTurn(volume, transaction, base, settings, this::mutation);
        return SQLITE_OK;
      }
      return Sqlite3.SQLITE_BUSY_SNAPSHOT;
    } finally {
      if (turn == null) {
        if (transaction != null) {
          transaction.close();
        }
        volume.endWrite(this);
      }
    }
  }

  /** How to do the work of the transaction again, when it stays here for now. */
  private @Nullable Mutation mutation() {
    if (!settings.isLocal()) {
      return null;
    }
    Recording statements = recording;
    return statements == null
        ? Recording.unknown("it was written through ATTACH")
        : statements.mutation();
  }

  @Override
  public int xUnlock(int wanted) {
    WriteTurn writing = turn;
    if (wanted < SQLITE_LOCK_RESERVED && writing != null) {
      turn = null;
      level = SQLITE_LOCK_SHARED;
      endTurn(writing);
    }
    if (wanted == SQLITE_LOCK_NONE) {
      Pin now = pin;
      pin = null;
      OwnCommit own = readsOn;
      readsOn = null;
      if (own != null) {
        own.close();
      }
      if (now != null && now != past) {
        now.close();
      }
    }
    level = Math.min(level, wanted);
    return SQLITE_OK;
  }

  private void endTurn(WriteTurn writing) {
    try {
      OwnCommit own = writing.ended();
      if (own != null) {
        readsOn = own;
        cachedCounter = own.counter();
        forgetStatements();
      }
      writing.close();
    } finally {
      volume.endWrite(this);
    }
    if (writing.conflicted() && !writing.isLocal()) {
      pullAfterConflict();
    }
  }

  /**
   * Only after a commit: a statement that finds a new schema lets go of its lock and runs on
   * without being told of again.
   */
  private void forgetStatements() {
    Recording statements = recording;
    if (statements != null) {
      statements.ended();
    }
  }

  /** So that the transaction, done again, starts from what it collided with. */
  private void pullAfterConflict() {
    try {
      volume.pull();
    } catch (RuntimeException e) {
      lastFailure = e;
    }
  }

  /** What a connection with a lock reads; after its own commit, what goes with its cache. */
  private Pin pinned() {
    OwnCommit own = readsOn;
    Pin now = pin;
    if (own != null && now != null) {
      readsOn = null;
      pin = null;
      now = own.readOn(now);
      own.close();
      pin = now;
    }
    if (now == null) {
      throw new GraftException.Conflict(
          "the replica has moved on from what this statement reads: run it again");
    }
    return now;
  }

  @Override
  public int xCheckReservedLock(long pResult) {
    Memory.putInt(pResult, 0);
    return SQLITE_OK;
  }

  @Override
  public int xFileControl(int op, long pArg) {
    WriteTurn writing = turn;
    switch (op) {
      case Sqlite3.SQLITE_FCNTL_SYNC -> {
        return writing == null ? SQLITE_OK : noted(writing.sync(reads));
      }
      case Sqlite3.SQLITE_FCNTL_COMMIT_PHASETWO -> {
        return writing == null ? SQLITE_OK : writing.finish(reads);
      }
      case Sqlite3.SQLITE_FCNTL_PRAGMA -> {
        return pragmas.run(pArg);
      }
      case Sqlite3.SQLITE_FCNTL_HAS_MOVED -> {
        Memory.putInt(pArg, 0);
        return SQLITE_OK;
      }
      case Sqlite3.SQLITE_FCNTL_VFSNAME -> {
        Memory.putLong(pArg, GraftVfs.api().mallocString(GraftVfs.NAME));
        return SQLITE_OK;
      }
      default -> {
        return Sqlite3.SQLITE_NOTFOUND;
      }
    }
  }

  private int noted(int rc) {
    if (rc == Sqlite3.SQLITE_BUSY) {
      lastFailure =
          new GraftException.Conflict(
              "another commit came first: roll back and do the transaction again");
    }
    return rc;
  }

  @Override
  public int xSectorSize() {
    return SECTOR_BYTES;
  }

  @Override
  public int xDeviceCharacteristics() {
    return Sqlite3.SQLITE_IOCAP_POWERSAFE_OVERWRITE | Sqlite3.SQLITE_IOCAP_SUBPAGE_READ;
  }

  @Override
  public int failed(Throwable cause, int code) {
    lastFailure = cause;
    if (recording == null) {
      // The connection is being opened: nobody can ask this file yet.
      GraftVfs.openFailed(cause);
    }
    return Failures.code(cause, code);
  }
}
