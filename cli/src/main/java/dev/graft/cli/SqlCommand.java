package dev.graft.cli;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.client.Snapshot;
import dev.graft.sqlite.GraftDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code sql} command. */
@Command(
    name = "sql",
    description = {
      "Run SQL on the database in a volume. Without a statement, read them from standard input.",
      "A statement outside of BEGIN and COMMIT is a commit of its own; a refused commit exits with"
          + " 3.",
      "With --json each result with rows is a JSON array of its own."
    })
final class SqlCommand extends VolumeCommand {
  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_READONLY = 8;
  private static final int SQLITE_IOERR = 10;
  private static final int SQLITE_CORRUPT = 11;
  private static final int SQLITE_FULL = 13;
  private static final int SQLITE_CANTOPEN = 14;
  private static final int SQLITE_IOERR_DATA = SQLITE_IOERR | 32 << 8;

  @Parameters(index = "0", paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Parameters(
      index = "1..*",
      paramLabel = "STATEMENT",
      arity = "0..*",
      description = "SQL; several statements are parted by semicolons.")
  private List<String> statements = List.of();

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description = "Read the past: " + Moment.HELP + ".")
  private @Nullable String at;

  @Option(
      names = "--local",
      description =
          "Commit to the replica and no further, until 'graft push'. Needs no store while the pages"
              + " are here.")
  private boolean local;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "How rows are printed: ${COMPLETION-CANDIDATES} (default: table).")
  private RowPrinter.@Nullable Format format;

  SqlCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException, SQLException {
    RowPrinter.Format chosen = format != null ? format : RowPrinter.Format.TABLE;
    RowPrinter printer = new RowPrinter(terminal(), json() ? RowPrinter.Format.JSON : chosen);
    VolumesFile file = VolumesFile.find(surroundings());
    if (local && at != null) {
      throw Failure.usage("the past cannot be written: leave --local or --at away");
    }
    try (VolumeSession session =
            local ? VolumeSession.openHere(file, name) : VolumeSession.toRead(file, name);
        GraftDataSource database = database(session);
        Connection db =
            connect(local ? database.with(Durability.LOCAL) : database, session.moment(at));
        Statement statement = db.createStatement()) {
      try {
        if (statements.isEmpty()) {
          runAllOfInput(statement, printer);
        } else {
          runAll(String.join(" ", statements), statement, printer);
        }
      } catch (SQLException failure) {
        throw told(failure, db, session.entry());
      }
      requireNoOpenTransaction(statement);
      tellOfPending(session.replica().status().pending());
    }
    return ExitCode.OK;
  }

  private GraftDataSource database(VolumeSession session) {
    try (Snapshot snapshot = session.replica().snapshot()) {
      FilesOf.requireDatabase(name, snapshot);
    }
    return GraftDataSource.over(session.replica());
  }

  private void tellOfPending(int pending) {
    if (local && pending > 0 && !json()) {
      terminal()
          .note(
              PushCommand.many(pending, "local transaction")
                  + " not in the store: graft push "
                  + name);
    }
  }

  private static Connection connect(GraftDataSource database, Moment moment) throws SQLException {
    return switch (moment) {
      case Moment.Current() -> database.getConnection();
      case Moment.AtLsn(var lsn) -> database.getConnection(lsn);
      case Moment.AtTime(var time) -> database.getConnection(time);
    };
  }

  private void runAllOfInput(Statement statement, RowPrinter printer)
      throws IOException, SQLException {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(surroundings().input(), StandardCharsets.UTF_8));
    StringBuilder waiting = new StringBuilder();
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      waiting.append(line).append('\n');
      SqlText.Cut cut = SqlText.cut(waiting.toString());
      for (String sql : cut.statements()) {
        run(sql, statement, printer);
      }
      waiting.setLength(0);
      waiting.append(cut.rest());
    }
    runAll(waiting.toString(), statement, printer);
  }

  private void runAll(String text, Statement statement, RowPrinter printer) throws SQLException {
    // On a line of its own: the text may end in a comment.
    SqlText.Cut cut = SqlText.cut(text + "\n;");
    if (!cut.rest().isBlank()) {
      throw Failure.usage("the last statement has no end: a quote or comment in it is not closed");
    }
    for (String sql : cut.statements()) {
      run(sql, statement, printer);
    }
  }

  private void run(String sql, Statement statement, RowPrinter printer) throws SQLException {
    boolean hasRows = statement.execute(sql);
    if (hasRows) {
      try (ResultSet rows = statement.getResultSet()) {
        printer.print(rows);
      }
    } else if (statement.getUpdateCount() > 0 && !json() && changesRows(sql)) {
      int changed = statement.getUpdateCount();
      terminal().note(changed + (changed == 1 ? " row changed" : " rows changed"));
    }
  }

  /** SQLite has few words for what goes wrong beneath it; the volume knows more. */
  private Failure told(SQLException failure, Connection db, VolumesFile.Entry entry)
      throws SQLException {
    int code = failure instanceof SQLiteException sqlite ? sqlite.getResultCode().code : 0;
    switch (code & 0xFF) {
      case SQLITE_BUSY ->
          throw Failure.conflict(
              "another commit came first and nothing was written; the replica has moved on to it:"
                  + " run this again");
      case SQLITE_READONLY -> {
        if (entry.at().isPresent()) {
          throw Failure.usage(Views.refusal(entry));
        }
        if (at != null) {
          throw Failure.usage("the past cannot be written: leave --at away to write");
        }
      }
      case SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_CANTOPEN -> {
        String cause = lastError(db);
        if (!cause.isBlank()) {
          throw code == SQLITE_IOERR_DATA || (code & 0xFF) == SQLITE_CORRUPT
              ? Failure.corrupt(cause)
              : Failure.unavailable(cause);
        }
      }
      default -> {}
    }
    throw failure;
  }

  private static String lastError(Connection db) {
    try (Statement statement = db.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA graft_last_error")) {
      String text = row.next() ? row.getString(1) : null;
      return text == null ? "" : text;
    } catch (SQLException broken) {
      return ""; // The first failure is told, in SQLite's words.
    }
  }

  private static boolean changesRows(String sql) {
    String text = sql.toUpperCase(Locale.ROOT);
    return text.startsWith("INSERT")
        || text.startsWith("UPDATE")
        || text.startsWith("DELETE")
        || text.startsWith("REPLACE")
        || text.startsWith("WITH");
  }

  /** Work that was begun and never committed is not lost in silence. */
  private static void requireNoOpenTransaction(Statement statement) throws SQLException {
    try {
      statement.execute("BEGIN");
      statement.execute("ROLLBACK");
    } catch (SQLException open) {
      throw Failure.failed("the last transaction has no COMMIT: it was rolled back");
    }
  }
}
