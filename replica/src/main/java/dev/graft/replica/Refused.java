package dev.graft.replica;

import dev.graft.http.Problem;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A query that is not answered, as the problem that its asker is told. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a query gets that met a limit: the same query again would meet it again. */
  private static final int TOO_MUCH = 422;

  private final transient Problem problem;

  private Refused(Problem problem, @Nullable Throwable cause) {
    super(problem.detail(), cause);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }

  /** The time was up. */
  static Refused late(Limits limits) {
    return limit(
        "the query took longer than "
            + limits.time().toMillis()
            + " ms: narrow it, add an index, or raise GRAFT_MAX_MILLIS",
        null);
  }

  /** Another method than POST. */
  static Refused method(String method, String path) {
    return new Refused(
        Problem.of(Code.MISUSE, 405, "'" + method + "' is not taken here: POST " + path), null);
  }

  private static Refused limit(String detail, @Nullable Throwable cause) {
    return new Refused(
        new Problem(Code.LIMIT, TOO_MUCH, detail, null, null, null, null, null), cause);
  }

  /**
   * What SQLite says.
   *
   * @param beneath what went wrong below SQLite, if that is known
   */
  static RuntimeException of(SQLException failure, @Nullable GraftException beneath) {
    int code =
        failure instanceof SQLiteException sqlite
            ? sqlite.getResultCode().code & 0xFF
            : failure.getErrorCode() & 0xFF;
    if (failure.getCause() instanceof GraftException cause) {
      return cause;
    }
    if (code == SQLiteErrorCode.SQLITE_NOMEM.code) {
      return limit("the query needs more memory than there is: sort or group less", failure);
    }
    if (code == SQLiteErrorCode.SQLITE_FULL.code && beneath == null) {
      return limit("the query's temporary files need more disk than there is", failure);
    }
    if (code == SQLiteErrorCode.SQLITE_TOOBIG.code) {
      return limit("a text, blob or row of the query is too long: " + said(failure), failure);
    }
    if (code == SQLiteErrorCode.SQLITE_AUTH.code) {
      return misuse("a read replica only reads: " + said(failure), failure);
    }
    boolean ofStore =
        code == SQLiteErrorCode.SQLITE_IOERR.code
            || code == SQLiteErrorCode.SQLITE_FULL.code
            || code == SQLiteErrorCode.SQLITE_CANTOPEN.code
            || code == SQLiteErrorCode.SQLITE_BUSY.code;
    if (ofStore) {
      return beneath != null ? beneath : new GraftException.Unavailable(said(failure), failure);
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return new GraftException.Corrupt(said(failure));
    }
    return misuse(said(failure), failure);
  }

  private static Refused misuse(String detail, Throwable cause) {
    return new Refused(Problem.of(Code.MISUSE, Problem.usualStatus(Code.MISUSE), detail), cause);
  }

  private static String said(SQLException failure) {
    String message = failure.getMessage();
    return message == null ? "SQLite error " + failure.getErrorCode() : message;
  }
}
