package dev.graft.sqlite.ffi;

/** Is told of what a connection executes. */
@FunctionalInterface
public interface StatementListener {
  /**
   * A statement begins to run that the connection's user gave, and not a trigger or a module.
   *
   * @param stmt the {@code sqlite3_stmt*}
   * @param zSql its text, a C string that lives as long as the statement
   */
  void begins(long stmt, long zSql);
}
