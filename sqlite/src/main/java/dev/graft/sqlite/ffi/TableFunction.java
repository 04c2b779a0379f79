package dev.graft.sqlite.ffi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A function that gives a table: an eponymous virtual table, read only. */
public interface TableFunction {
  /** Its name in SQL. */
  String name();

  /** Its columns, each a name and a type: {@code "lsn INTEGER"}. */
  List<String> columns();

  /** The names of its parameters; all may be left out. */
  List<String> parameters();

  /**
   * All rows; a value is null, a {@link Long} or is shown as text.
   *
   * @param db the {@code sqlite3*} that asks
   * @param arguments for the parameters in order: null where left out, a {@link Long}, or text
   * @param limit how many rows are wanted at most; negative when that is not known
   */
  List<@Nullable Object[]> rows(long db, @Nullable Object[] arguments, long limit);
}
