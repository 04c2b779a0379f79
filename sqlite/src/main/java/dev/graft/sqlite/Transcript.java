package dev.graft.sqlite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one transaction that count: what a ROLLBACK TO undid is forgotten. For one
 * connection.
 */
final class Transcript {
  /** The most that is kept of one transaction. */
  static final int MAX_BYTES = 1 << 20;

  private static final Runnable NOTHING = () -> {};

  private record Mark(String name, int statements) {}

  private final List<SqlStatement> statements = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private long bytes;
  private @Nullable String trouble;

  /** Undoes the newest change. */
  private Runnable undo = NOTHING;

  /** The statements, in order. */
  List<SqlStatement> statements() {
    return statements;
  }

  /** Why they are not all there is to know, or null. */
  @Nullable String trouble() {
    return trouble;
  }

  /** What was changed last stays: {@link #takeBack} does nothing until the next change. */
  void settle() {
    undo = NOTHING;
  }

  /** Undoes the newest change. */
  void takeBack() {
    undo.run();
    undo = NOTHING;
  }

  void clear() {
    statements.clear();
    marks.clear();
    bytes = 0;
    trouble = null;
    undo = NOTHING;
  }

  /** From now on something is missing. */
  void lost(String reason) {
    String before = trouble;
    undo = () -> trouble = before;
    trouble = before == null ? reason : before;
  }

  void add(SqlStatement statement) {
    if (trouble != null) {
      return;
    }
    if (bytes + statement.bytes() > MAX_BYTES) {
      lost("its statements take more than " + MAX_BYTES + " bytes");
      return;
    }
    statements.add(statement);
    bytes += statement.bytes();
    undo =
        () -> {
          statements.removeLast();
          bytes -= statement.bytes();
        };
  }

  /** SAVEPOINT. */
  void mark(String name) {
    marks.add(new Mark(name, statements.size()));
    undo = marks::removeLast;
  }

  /** RELEASE: forgets the newest savepoint of that name and all after it. */
  void release(String name) {
    keepAll();
    cutMarks(Math.max(0, newest(name)));
  }

  /** ROLLBACK TO: the savepoint stays. One that was made before anything counted undoes all. */
  void rollbackTo(String name) {
    keepAll();
    int mark = newest(name);
    int kept = mark < 0 ? 0 : marks.get(mark).statements();
    cutMarks(mark + 1);
    while (statements.size() > kept) {
      bytes -= statements.removeLast().bytes();
    }
  }

  private void keepAll() {
    List<SqlStatement> oldStatements = List.copyOf(statements);
    List<Mark> oldMarks = List.copyOf(marks);
    long oldBytes = bytes;
    undo =
        () -> {
          statements.clear();
          statements.addAll(oldStatements);
          marks.clear();
          marks.addAll(oldMarks);
          bytes = oldBytes;
        };
  }

  private int newest(String name) {
    for (int i = marks.size() - 1; i >= 0; i--) {
      if (marks.get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  private void cutMarks(int kept) {
    while (marks.size() > kept) {
      marks.removeLast();
    }
  }
}
