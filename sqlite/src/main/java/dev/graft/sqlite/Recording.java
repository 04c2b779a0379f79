package dev.graft.sqlite;

import dev.graft.client.Mutation;
import dev.graft.sqlite.ffi.ApiRoutines;
import dev.graft.sqlite.ffi.Memory;
import dev.graft.sqlite.ffi.StatementListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a connection executes in its transaction, so that it can be done again on
 * another snapshot. For one connection, one call at a time.
 *
 * <p>SQLite tells of each statement when it begins to run, in order, whoever gave it; triggers and
 * what modules do inside are not told of. The bound values come from the JDBC statement that is
 * being executed, since SQLite itself shows a REAL with 15 digits and a text up to its first NUL.
 * What failed is taken back when the JDBC call fails.
 */
final class Recording implements StatementListener {
  /** The mutation of a commit that adds nothing to the one before it. */
  static final Mutation NOTHING_MORE = new SqlMutation(0, 0, 0, List.of(), List.of()).encode();

  /** Pragmas of a connection that change what its statements do. */
  private static final Set<String> SETTINGS =
      Set.of(
          "auto_vacuum",
          "case_sensitive_like",
          "encoding",
          "foreign_keys",
          "ignore_check_constraints",
          "legacy_alter_table",
          "page_size",
          "recursive_triggers",
          "reverse_unordered_selects",
          "trusted_schema",
          "writable_schema");

  /** Calls of the functions that count rows changed so far. */
  private static final Pattern COUNTS_CHANGES =
      Pattern.compile("\\b(total_)?changes\\s*\\(", Pattern.CASE_INSENSITIVE);

  private final ApiRoutines api;
  private final long db;
  private final long connection;
  private final VolumeFile file;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Transcript transcript = new Transcript();
  private long lastRowid;

  /** How many transactions were told of. */
  private long number;

  /** What the JDBC call that goes on is about, for {@link #failed}. */
  private int begun;

  private @Nullable String newest;
  private int changesBefore;

  /** What is bound in it, round after round. */
  private @Nullable Object @Nullable [] bound;

  private int boundAt;

  /**
   * @param connection a number that no other connection has
   * @param file the connection's main database
   */
  Recording(ApiRoutines api, long db, long connection, VolumeFile file) {
    this.api = api;
    this.db = db;
    this.connection = connection;
    this.file = file;
  }

  /**
   * A JDBC call is about to execute something.
   *
   * @param values bound for all rounds, one after the other; null when there are no parameters
   */
  void calls(@Nullable Object @Nullable [] values) {
    bound = values;
    boundAt = 0;
    begun = 0;
    newest = null;
    changesBefore = file.settings().isLocal() ? api.totalChanges(db) : 0;
  }

  /** The JDBC call has come to an end. */
  void called() {
    bound = null;
  }

  /**
   * The JDBC call has failed. What it did last left no trace, unless it was told to keep what it
   * had done (OR FAIL); where it cannot be known which statement failed, nothing is known.
   *
   * @param only the text, when it is known that only its first statement was to be executed; null
   *     when there may have been several, or several rounds of one
   * @param text all that was to be executed
   */
  void failed(boolean only, String text) {
    bound = null;
    if (begun == 0 || !file.settings().isLocal()) {
      return;
    }
    if (api.getAutocommit(db)) {
      // SQLite has rolled back all of it.
      transcript.clear();
      return;
    }
    String last = newest;
    boolean single =
        begun == 1 && (only || last != null && last.strip().length() == text.strip().length());
    if (!single) {
      transcript.lost("one of several statements in a call failed: " + shown(text));
    } else if (api.totalChanges(db) != changesBefore) {
      transcript.lost("a statement failed and kept a part of its work: " + shown(text));
    } else {
      transcript.takeBack();
    }
  }

  private static String shown(String sql) {
    return new SqlStatement(sql, List.of()).shown();
  }

  /** Why a transaction that nobody writes down cannot be done again. */
  static Mutation unknown(String reason) {
    return SqlMutation.unknown(reason);
  }

  /** The connection that it is for. */
  long db() {
    return db;
  }

  /** The transaction has ended. */
  void ended() {
    transcript.clear();
  }

  /** How to do the work of the transaction again. To be called once for it. */
  Mutation mutation() {
    String reason = transcript.trouble();
    return reason != null
        ? SqlMutation.unknown(reason)
        : new SqlMutation(
                connection,
                number++,
                lastRowid,
                List.copyOf(settings.values()),
                transcript.statements())
            .encode();
  }

  @Override
  public void begins(long stmt, long zSql) {
    newest = null;
    transcript.settle();
    boolean readOnly = api.stmtReadonly(stmt);
    if (readOnly && !mayMatter(zSql)) {
      return;
    }
    String sql = Memory.string(zSql);
    newest = sql;
    boolean outside = api.getAutocommit(db) && !file.isWriting();
    if (outside) {
      transcript.clear();
    }
    SqlWords words = new SqlWords(sql);
    String first = words.next();
    String verb = first == null ? "" : first.toUpperCase(Locale.ROOT);
    if (verb.equals("BEGIN") || verb.equals("COMMIT") || verb.equals("END")) {
      return;
    }
    begun++;
    switch (verb) {
      case "EXPLAIN", "ATTACH", "DETACH" -> {}
      case "ROLLBACK" -> rollback(words);
      case "SAVEPOINT" -> transcript.mark(nameIn(words, "SAVEPOINT"));
      case "RELEASE" -> transcript.release(nameIn(words, "SAVEPOINT"));
      case "PRAGMA" -> {
        if (!setting(sql, words, outside) && !readOnly) {
          add(stmt, sql);
        }
      }
      default -> {
        if (!readOnly) {
          add(stmt, sql);
        }
      }
    }
  }

  /** Quickly sorts out queries: BEGIN, SAVEPOINT, RELEASE, ROLLBACK, PRAGMA, or a comment. */
  private static boolean mayMatter(long zSql) {
    int first = Memory.getByte(zSql) | 0x20;
    return switch (first) {
      case 's' -> (Memory.getByte(zSql + 1) | 0x20) == 'a';
      case 'b', 'r', 'p' -> true;
      default -> first < 'a' || first > 'z';
    };
  }

  /** ROLLBACK [TRANSACTION] TO [SAVEPOINT] name; without TO the transaction's end tells. */
  private void rollback(SqlWords words) {
    String word = words.next();
    if ("TRANSACTION".equalsIgnoreCase(word)) {
      word = words.next();
    }
    if ("TO".equalsIgnoreCase(word)) {
      transcript.rollbackTo(nameIn(words, "SAVEPOINT"));
    }
  }

  private static String nameIn(SqlWords words, String mayComeBefore) {
    String word = words.next();
    if (mayComeBefore.equalsIgnoreCase(word)) {
      String next = words.next();
      word = next == null || next.equals(";") ? word : next;
    }
    return word == null ? "" : word;
  }

  /** Keeps PRAGMA [schema.]name = value, when it changes what later statements do. */
  private boolean setting(String sql, SqlWords words, boolean outside) {
    String name = words.next();
    String then = words.next();
    if (".".equals(then)) {
      name = words.next();
      then = words.next();
    }
    String key = name == null ? "" : name.toLowerCase(Locale.ROOT);
    if (!SETTINGS.contains(key)) {
      return false;
    }
    boolean sets = "=".equals(then) || "(".equals(then);
    if (sets && (outside || !key.equals("foreign_keys"))) {
      settings.put(key, sql);
    }
    return true;
  }

  private void add(long stmt, String sql) {
    if (!file.settings().isLocal()) {
      return;
    }
    if (COUNTS_CHANGES.matcher(sql).find()) {
      // They count what this connection did before the transaction, too.
      transcript.lost("it asks changes() or total_changes(): " + shown(sql));
      return;
    }
    if (transcript.statements().isEmpty()) {
      lastRowid = api.lastInsertRowid(db);
    }
    int count = api.bindParameterCount(stmt);
    if (count == 0) {
      transcript.add(new SqlStatement(sql, List.of()));
      return;
    }
    @Nullable Object[] all = bound;
    if (all == null || boundAt + count > all.length) {
      transcript.lost("the values bound in it are not known: " + shown(sql));
      return;
    }
    List<@Nullable Object> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(value(all[boundAt + i]));
    }
    boundAt += count;
    transcript.add(new SqlStatement(sql, values));
  }

  /** As the driver binds it. */
  private static @Nullable Object value(@Nullable Object bound) {
    return switch (bound) {
      case null -> null;
      case Float number -> (Object) number.doubleValue();
      case Double number -> number;
      case Number number -> number.longValue();
      case byte[] blob -> blob.clone();
      default -> bound.toString();
    };
  }
}
