package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.Transaction;
import dev.graft.protocol.page.PageCount;
import dev.graft.sqlite.ffi.Memory;
import dev.graft.sqlite.ffi.Sqlite3;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls in orders that SQLite seldom or never makes, straight at the file. */
final class VolumeFileTest {
  private static final int PAGE = 512;

  private final FakeVolume volume = new FakeVolume(PAGE);
  private final FakeReplica replica = new FakeReplica(volume);
  private final Arena arena = Arena.ofConfined();
  private final long buffer = arena.allocate(PAGE, 8).address();
  private final VolumeFile file =
      new VolumeFile(
          new OpenVolume(replica), null, CommitSettings.of(java.util.Map.of()), () -> {});

  @BeforeEach
  void beginToWrite() {
    assertThat(file.xLock(Sqlite3.SQLITE_LOCK_SHARED)).isZero();
    assertThat(file.xLock(Sqlite3.SQLITE_LOCK_RESERVED)).isZero();
  }

  @AfterEach
  void close() {
    file.xClose();
    arena.close();
    assertThat(replica.openPins).hasValue(0);
  }

  @Test
  void truncateAfterSync_toTheSizeInTheHeader_isPartOfTheCommit() {
    writeFirst(1, 3);
    writeOthers(2, 9);
    assertThat(sync()).isZero();
    assertThat(volume.head().pages()).hasDimensions(3, PAGE);
    assertThat(file.xTruncate(3 * PAGE)).isZero();
    assertThat(finish()).isZero();
    assertThat(replica.commits).hasValue(1);
  }

  @Test
  void truncateAfterSync_toAnotherSize_isACommitOfItsOwn() {
    writeFirst(1, 9);
    writeOthers(2, 9);
    assertThat(sync()).isZero();
    assertThat(file.xTruncate(4 * PAGE)).isZero();
    assertThat(finish()).isZero();
    assertThat(replica.commits).hasValue(2);
    assertThat(volume.head().pages()).hasDimensions(4, PAGE);
    file.xUnlock(Sqlite3.SQLITE_LOCK_SHARED);
    assertThat(size()).isEqualTo(4 * PAGE);
  }

  @Test
  void truncateAfterSync_whenAnotherCommitCameBetween_fails() {
    writeFirst(1, 9);
    writeOthers(2, 9);
    assertThat(sync()).isZero();
    try (Transaction foreign = replica.begin()) {
      foreign.truncate(new PageCount(5));
      foreign.commit(CommitOptions.NONE);
    }
    assertThat(file.xTruncate(4 * PAGE)).isEqualTo(Sqlite3.SQLITE_IOERR_TRUNCATE);
  }

  @Test
  void finish_afterWritesThatCameTooLate_fails() {
    writeFirst(1, 1);
    assertThat(sync()).isZero();
    writeOthers(2, 2);
    assertThat(finish()).isEqualTo(Sqlite3.SQLITE_IOERR);
  }

  @Test
  void finish_withoutSync_commits() {
    writeFirst(1, 1);
    assertThat(finish()).isZero();
    assertThat(replica.commits).hasValue(1);
  }

  @Test
  void finish_withPagesButNoRaisedCounter_fails() {
    writeOthers(2, 4);
    assertThat(sync()).isZero();
    assertThat(finish()).isEqualTo(Sqlite3.SQLITE_IOERR);
    assertThat(replica.commits).hasValue(0);
  }

  @Test
  void unlock_withoutFinish_dropsWhatIsStaged() {
    writeFirst(1, 1);
    file.xUnlock(Sqlite3.SQLITE_LOCK_SHARED);
    assertThat(size()).isZero();
    assertThat(replica.commits).hasValue(0);
    assertThat(file.xLock(Sqlite3.SQLITE_LOCK_RESERVED)).isZero();
  }

  @Test
  void read_beyondTheEnd_isShortAndZeroed() {
    writeFirst(1, 1);
    Memory.putInt(buffer, 77);
    assertThat(file.xRead(buffer, PAGE, PAGE)).isEqualTo(Sqlite3.SQLITE_IOERR_SHORT_READ);
    assertThat(Memory.getInt(buffer)).isZero();
    assertThat(sync()).isZero();
    file.xUnlock(Sqlite3.SQLITE_LOCK_NONE);
    Memory.putInt(buffer, 77);
    assertThat(file.xRead(buffer, PAGE, PAGE)).isEqualTo(Sqlite3.SQLITE_IOERR_SHORT_READ);
    assertThat(Memory.getInt(buffer)).isZero();
  }

  private int sync() {
    return file.xFileControl(Sqlite3.SQLITE_FCNTL_SYNC, 0);
  }

  private int finish() {
    return file.xFileControl(Sqlite3.SQLITE_FCNTL_COMMIT_PHASETWO, 0);
  }

  private long size() {
    assertThat(file.xFileSize(buffer)).isZero();
    return Memory.getLong(buffer);
  }

  private void writeFirst(int counter, int pages) {
    Memory.zero(buffer, PAGE);
    MemorySegment.copy(
        MemorySegment.ofArray(
            "SQLite format 3\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
        0,
        Memory.ALL,
        buffer,
        16);
    Memory.putByte(buffer + 16, (byte) (PAGE >>> 8));
    Memory.putBigEndianInt(buffer + 24, counter);
    Memory.putBigEndianInt(buffer + 28, pages);
    Memory.putBigEndianInt(buffer + 92, counter);
    assertThat(file.xWrite(buffer, PAGE, 0)).isZero();
  }

  private void writeOthers(int first, int last) {
    Memory.zero(buffer, PAGE);
    for (int page = first; page <= last; page++) {
      Memory.putInt(buffer, page);
      assertThat(file.xWrite(buffer, PAGE, (page - 1L) * PAGE)).isZero();
    }
  }
}
