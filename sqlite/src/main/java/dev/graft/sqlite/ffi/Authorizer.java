package dev.graft.sqlite.ffi;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/** {@code sqlite3_set_authorizer}: one set of rules for all connections that are put under it. */
public final class Authorizer {
  /** Says whether a statement that is being prepared may do something. Quick; for many threads. */
  @FunctionalInterface
  public interface Rules {
    /**
     * Asked once for each thing.
     *
     * @param action SQLite's number of it
     * @param first what SQLite tells beside it; null when there is nothing
     * @param second the same
     */
    boolean admits(int action, @Nullable String first, @Nullable String second);
  }

  private static final int SQLITE_DENY = 1;

  private static final long CALLBACK =
      Stubs.upcall(MethodHandles.lookup(), "authorize", int.class, Stubs.LILLLL);

  /** Written before the first connection is put under them. */
  private static volatile @Nullable Rules rules;

  private Authorizer() {}

  /**
   * Puts a connection under the rules; every statement is prepared anew.
   *
   * @param which the same ones in all of the process
   */
  public static void guard(ApiRoutines api, long db, Rules which) {
    rules = which;
    int rc = api.setAuthorizer(db, CALLBACK, 0);
    if (rc != Sqlite3.SQLITE_OK) {
      throw new IllegalStateException("no authorizer could be set: SQLite says " + rc);
    }
  }

  /** What cannot be judged is refused. */
  static int authorize(
      long context, int action, long first, long second, long schema, long trigger) {
    try {
      Rules now = rules;
      return now != null && now.admits(action, text(first), text(second))
          ? Sqlite3.SQLITE_OK
          : SQLITE_DENY;
    } catch (Throwable e) {
      return SQLITE_DENY;
    }
  }

  private static @Nullable String text(long address) {
    return address == 0 ? null : Memory.string(address);
  }
}
