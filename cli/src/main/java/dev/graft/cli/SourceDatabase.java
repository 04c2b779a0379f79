package dev.graft.cli;

import dev.graft.protocol.page.PageSize;
import dev.graft.sqlite.SqliteFiles;
import dev.graft.sqlite.SqliteHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A SQLite file that is read and never written. While this is open, nobody who keeps to SQLite's
 * locks changes it. What lies in a write-ahead log or a hot journal is settled in a copy first, so
 * that the one file {@link #file} is the whole database.
 */
public final class SourceDatabase implements AutoCloseable {
  private static final int WAL = 2;

  /** A file of no bytes is a database without tables. */
  private static final SqliteFiles.Shape EMPTY =
      new SqliteFiles.Shape(
          PageSize.DEFAULT, 0, new SqliteHeader(PageSize.DEFAULT, false, 0, 0, 0, 0, 0));

  private final Path file;
  private final SqliteFiles.Shape shape;
  private final @Nullable Path copyFolder;
  private final Connection lock;

  private SourceDatabase(
      Path file, SqliteFiles.Shape shape, @Nullable Path copyFolder, Connection lock) {
    this.file = file;
    this.shape = shape;
    this.copyFolder = copyFolder;
    this.lock = lock;
  }

  /**
   * Opens a file.
   *
   * @param scratch a folder for a copy, should one be needed
   * @throws Failure when it is no SQLite database, or a damaged one
   */
  public static SourceDatabase open(Path file, Path scratch) throws IOException, SQLException {
    if (Files.isDirectory(file)) {
      throw Failure.usage(file + " is a folder, not a SQLite database");
    }
    Path settled = file;
    Path copyFolder = null;
    if (needsSettling(file)) {
      copyFolder = Files.createTempDirectory(scratch, "settled");
    }
    Connection lock = null;
    try {
      if (copyFolder != null) {
        settled = settle(file, copyFolder);
      }
      SqliteFiles.Shape shape = Files.size(settled) == 0 ? EMPTY : SqliteFiles.check(settled);
      lock = connect(settled);
      try (Statement statement = lock.createStatement()) {
        statement.execute("BEGIN");
        statement.executeQuery("SELECT count(*) FROM sqlite_schema").close();
      }
      return new SourceDatabase(settled, shape, copyFolder, lock);
    } catch (SQLException failure) {
      release(lock, copyFolder);
      if (isDamage(failure)) {
        throw Failure.corrupt(
            file + " is a damaged SQLite database: " + Failures.tell(failure).sentence());
      }
      throw failure;
    } catch (IOException | RuntimeException failure) {
      release(lock, copyFolder);
      throw failure;
    }
  }

  /** Connects to a file, for reading alone. */
  public static Connection connect(Path file) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:sqlite:file:" + file.toAbsolutePath().toUri().getRawPath() + "?mode=ro");
  }

  /** The whole database. */
  public Path file() {
    return file;
  }

  /** What it says of itself. */
  public SqliteFiles.Shape shape() {
    return shape;
  }

  private static boolean needsSettling(Path file) throws IOException {
    byte[] head = new byte[SqliteHeader.LENGTH];
    try (InputStream in = Files.newInputStream(file)) {
      if (in.readNBytes(head, 0, head.length) < head.length) {
        return false;
      }
    }
    boolean log = head[18] == WAL || head[19] == WAL;
    return log || hasBeside(file, "-wal") || hasBeside(file, "-journal");
  }

  private static boolean hasBeside(Path file, String suffix) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + suffix);
    return Files.exists(beside) && Files.size(beside) > 0;
  }

  private static Path settle(Path file, Path folder) throws IOException, SQLException {
    Path copy = folder.resolve("database");
    Files.copy(file, copy);
    for (String suffix : List.of("-wal", "-journal")) {
      if (hasBeside(file, suffix)) {
        Files.copy(
            file.resolveSibling(file.getFileName() + suffix),
            copy.resolveSibling(copy.getFileName() + suffix));
      }
    }
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + copy);
        Statement statement = db.createStatement()) {
      statement.execute("PRAGMA journal_mode = DELETE");
      statement.executeQuery("SELECT count(*) FROM sqlite_schema").close();
    }
    return copy;
  }

  private static boolean isDamage(SQLException failure) {
    int code = failure.getErrorCode() & 0xFF;
    return code == 11 || code == 26;
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void release(@Nullable Connection lock, @Nullable Path copyFolder)
      throws IOException, SQLException {
    if (lock != null) {
      lock.close();
    }
    if (copyFolder != null) {
      deleteAll(copyFolder);
    }
  }

  @Override
  public void close() throws IOException, SQLException {
    release(lock, copyFolder);
  }
}
