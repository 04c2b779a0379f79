package dev.graft.sqlite;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Looks at SQLite database files from outside, for imports. Never writes. */
public final class SqliteFiles {
  private SqliteFiles() {}

  /**
   * What a database file says of itself.
   *
   * @param pageSize SQLite's page size
   * @param pageCount pages of the database; the file may be longer
   * @param header all of the header
   */
  public record Shape(PageSize pageSize, long pageCount, SqliteHeader header) {
    /** The size of the database in bytes. */
    public long bytes() {
      return pageCount * pageSize.bytes();
    }
  }

  /**
   * Checks that a file is a whole SQLite database at rest: nothing of it lies in a write-ahead log
   * or a rollback journal beside it.
   *
   * @throws GraftException.NotFound when there is no such file
   * @throws GraftException.Misuse when it is not such a database; the message says what to do
   */
  public static Shape check(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new GraftException.NotFound("no file " + file);
    }
    Shape shape;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      shape = shape(file.toString(), channel);
    }
    refuseUnmerged(file);
    return shape;
  }

  /**
   * Finds the pages that queries pass through. Reads page 1, the schema, and interior pages, a few
   * per thousand of the file. Of a damaged file it finds what still makes sense.
   */
  public static HotPages hotPages(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return hotPages(channel);
    }
  }

  /** As {@link #hotPages(Path)}; the position of the channel stays. */
  public static HotPages hotPages(FileChannel channel) throws IOException {
    Shape shape = shape("this", channel);
    int bytes = shape.pageSize().bytes();
    PageSource source =
        (page, target) -> {
          int got = readFully(channel, ByteBuffer.wrap(target, 0, bytes), (page - 1) * bytes);
          return got == bytes;
        };
    return new HotPageWalk(
            source, shape.pageSize(), shape.header().reservedBytes(), shape.pageCount())
        .walk();
  }

  private static Shape shape(String name, FileChannel channel) throws IOException {
    byte[] head = new byte[SqliteHeader.LENGTH];
    int got = readFully(channel, ByteBuffer.wrap(head), 0);
    long length = channel.size();
    if (got < head.length || !SqliteHeader.isSqlite(head)) {
      throw new GraftException.Misuse(
          name
              + (length == 0
                  ? " is empty: create a table in it first"
                  : " is not a SQLite database: it does not begin with 'SQLite format 3'"));
    }
    SqliteHeader header = SqliteHeader.parse(head);
    long pages = header.pageCount(length);
    if (pages * header.pageSize().bytes() > length) {
      throw new GraftException.Misuse(
          name
              + " is cut off: its header tells of "
              + pages
              + " pages of "
              + header.pageSize()
              + " bytes, the file has "
              + length
              + " bytes: restore it from a backup");
    }
    return new Shape(header.pageSize(), pages, header);
  }

  private static void refuseUnmerged(Path file) throws IOException {
    Path log = file.resolveSibling(file.getFileName() + "-wal");
    if (Files.exists(log) && Files.size(log) > 0) {
      throw new GraftException.Misuse(
          file
              + " has changes in its write-ahead log "
              + log.getFileName()
              + ": close the programs that use it, run sqlite3 on it with 'PRAGMA"
              + " wal_checkpoint(TRUNCATE)', then try again");
    }
    Path journal = file.resolveSibling(file.getFileName() + "-journal");
    if (Files.exists(journal) && isHot(journal)) {
      throw new GraftException.Misuse(
          file
              + " has an unfinished transaction in "
              + journal.getFileName()
              + ": wait for the program that writes it to end, or open the file once with sqlite3,"
              + " which rolls it back; then try again");
    }
  }

  /** A journal that was ended by zeroing its header (journal_mode=persist) is at rest. */
  private static boolean isHot(Path journal) throws IOException {
    try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.READ)) {
      ByteBuffer first = ByteBuffer.allocate(1);
      return readFully(channel, first, 0) == 1 && first.get(0) != 0;
    }
  }

  private static int readFully(FileChannel channel, ByteBuffer target, long at) throws IOException {
    int start = target.position();
    while (target.hasRemaining()) {
      int got = channel.read(target, at + target.position() - start);
      if (got < 0) {
        break;
      }
    }
    return target.position() - start;
  }
}
