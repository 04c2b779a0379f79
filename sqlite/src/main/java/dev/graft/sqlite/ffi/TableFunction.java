package dev.graft.sqlite.ffi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A function that gives a table: an eponymous virtual table, read only. */
public interface TableFunction {
  /** Its name in SQL. */
  String name();

  /** A {@code CREATE TABLE} statement that tells its columns. */
  String declaration();

  /**
   * All rows; a value is null, a {@link Long} or is shown as text.
   *
   * @param db the {@code sqlite3*} that asks
   * @param limit how many rows are wanted at most; negative when that is not known
   */
  List<@Nullable Object[]> rows(long db, long limit);
}
