package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.log.Position;
import dev.graft.sqlite.ffi.Authorizer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** For programs that run the SQL of others and let it do nothing but read. */
public final class Reading {
  private static final int SQLITE_PRAGMA = 19;
  private static final int SQLITE_READ = 20;
  private static final int SQLITE_SELECT = 21;
  private static final int SQLITE_TRANSACTION = 22;
  private static final int SQLITE_FUNCTION = 31;
  private static final int SQLITE_RECURSIVE = 33;

  /** Functions that do more than compute. */
  private static final Set<String> REFUSED_FUNCTIONS = Set.of("load_extension", "fts3_tokenizer");

  /** Pragmas that only tell something, whatever stands in their parentheses. */
  private static final Set<String> HARMLESS_PRAGMAS =
      Set.of(
          "collation_list",
          "compile_options",
          "database_list",
          "data_version",
          "foreign_key_list",
          "freelist_count",
          "function_list",
          "graft_status",
          "index_info",
          "index_list",
          "index_xinfo",
          "module_list",
          "page_count",
          "pragma_list",
          "table_info",
          "table_list",
          "table_xinfo");

  /** Pragmas that tell something when they have no argument, and set it when they have one. */
  private static final Set<String> READABLE_PRAGMAS =
      Set.of("application_id", "encoding", "page_size", "schema_version", "user_version");

  /**
   * What a connection shows.
   *
   * @param position the commit
   * @param time of that
   */
  public record Shown(Position position, Instant time) {}

  private Reading() {}

  /**
   * From now on the connection's statements may select and ask harmless pragmas; everything else is
   * refused when it is prepared ({@code SQLITE_AUTH}), and no database can be attached. Begin and
   * end of transactions are admitted: they are what holds a snapshot.
   *
   * @param connection of {@link GraftDataSource}
   */
  public static void guard(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA query_only=1");
    }
    Authorizer.guard(GraftVfs.api(), GraftConnection.address(connection), Reading::admits);
  }

  private static boolean admits(int action, @Nullable String first, @Nullable String second) {
    return switch (action) {
      case SQLITE_READ, SQLITE_SELECT, SQLITE_RECURSIVE, SQLITE_TRANSACTION -> true;
      case SQLITE_FUNCTION ->
          second != null && !REFUSED_FUNCTIONS.contains(second.toLowerCase(Locale.ROOT));
      case SQLITE_PRAGMA -> {
        String name = first == null ? "" : first.toLowerCase(Locale.ROOT);
        yield HARMLESS_PRAGMAS.contains(name) || second == null && READABLE_PRAGMAS.contains(name);
      }
      default -> false;
    };
  }

  /**
   * What a connection shows now: within a transaction that has read something, exactly what it has
   * read.
   */
  public static Shown shown(Connection connection) {
    return GraftVfs.fileOf(GraftConnection.address(connection))
        .onSnapshot((Snapshot snapshot) -> new Shown(snapshot.position(), snapshot.time()));
  }

  /** What last went wrong beneath a connection, when it was not SQLite's own doing; or null. */
  public static @Nullable GraftException failure(Connection connection) {
    return GraftConnection.lastFailure(connection) instanceof GraftException failure
        ? failure
        : null;
  }

  /**
   * Makes {@code random()} and its like begin anew in this process: two processes that came from
   * one memory image would give the same numbers otherwise.
   */
  public static void forgetRandomness() throws SQLException {
    GraftVfs.install();
    GraftVfs.api().forgetRandomness();
  }
}
