package dev.graft.sqlite;

import dev.graft.client.Mutation;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work of one transaction: what a connection executed, with the state of the connection that
 * bears on it.
 *
 * @param connection tells the transactions of one connection from those of others
 * @param number how many transactions of that connection were recorded before
 * @param lastRowid what {@code last_insert_rowid()} gave before
 * @param settings pragmas of the connection that change what a statement does
 * @param statements in order
 */
record SqlMutation(
    long connection,
    long number,
    long lastRowid,
    List<String> settings,
    List<SqlStatement> statements) {
  /** The name of such mutations. */
  static final String NAME = "sqlite";

  /** The name of those that only tell why the work cannot be done again. */
  static final String UNKNOWN = "sqlite.unknown";

  private static final int KIND = 'Q';
  private static final int VERSION = 1;
  private static final int MAX_ITEMS = 1 << 20;
  private static final int MAX_TEXT_BYTES = 1 << 22;
  private static final int NULL = 0;
  private static final int INTEGER = 1;
  private static final int REAL = 2;
  private static final int TEXT = 3;
  private static final int BLOB = 4;

  /** One that cannot be done again, and why. */
  static Mutation unknown(String reason) {
    return new Mutation(UNKNOWN, reason.getBytes(StandardCharsets.UTF_8));
  }

  Mutation encode() {
    WireWriter out = new WireWriter();
    out.header(KIND, VERSION).u64(connection).varint(number).u64(lastRowid);
    out.varint(settings.size());
    settings.forEach(text -> text(out, text));
    out.varint(statements.size());
    for (SqlStatement statement : statements) {
      text(out, statement.sql());
      out.varint(statement.values().size());
      for (Object value : statement.values()) {
        put(out, value);
      }
    }
    return new Mutation(NAME, out.seal().toBytes());
  }

  private static void text(WireWriter out, String text) {
    out.prefixed(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void put(WireWriter out, @Nullable Object value) {
    switch (value) {
      case null -> out.u8(NULL);
      case Long number -> out.u8(INTEGER).u64(number);
      case Double number -> out.u8(REAL).u64(Double.doubleToRawLongBits(number));
      case String text -> text(out.u8(TEXT), text);
      case byte[] blob -> out.u8(BLOB).prefixed(blob);
      default -> throw new IllegalArgumentException("no value of SQL: " + value.getClass());
    }
  }

  /**
   * Reads a mutation.
   *
   * @throws GraftException.Misuse when it is of another name, or tells that it cannot be done again
   * @throws GraftException.Corrupt when it is damaged
   */
  static SqlMutation decode(Mutation mutation) {
    if (mutation.name().equals(UNKNOWN)) {
      throw new GraftException.Misuse(
          "this transaction cannot be done again, because "
              + new String(mutation.arguments(), StandardCharsets.UTF_8));
    }
    if (!mutation.name().equals(NAME)) {
      throw new GraftException.Misuse(
          "a mutation '" + mutation.name() + "' is not made of SQL: give a replayer that knows it");
    }
    byte[] bytes = mutation.arguments();
    WireReader in =
        WireReader.object("a recorded transaction", bytes, 0, bytes.length, KIND, VERSION);
    long connection = in.u64();
    long number = in.varint();
    long lastRowid = in.u64();
    List<String> settings = new ArrayList<>();
    int settingCount = in.count("settings", MAX_ITEMS, 1);
    for (int i = 0; i < settingCount; i++) {
      settings.add(text(in));
    }
    List<SqlStatement> statements = new ArrayList<>();
    int count = in.count("statements", MAX_ITEMS, 2);
    for (int i = 0; i < count; i++) {
      statements.add(statement(in));
    }
    in.expectEnd();
    return new SqlMutation(connection, number, lastRowid, settings, statements);
  }

  private static SqlStatement statement(WireReader in) {
    String sql = text(in);
    int count = in.count("values", MAX_ITEMS, 1);
    List<@Nullable Object> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(value(in));
    }
    return new SqlStatement(sql, values);
  }

  private static String text(WireReader in) {
    return in.text("a text", MAX_TEXT_BYTES);
  }

  private static @Nullable Object value(WireReader in) {
    int type = in.u8();
    return switch (type) {
      case NULL -> null;
      case INTEGER -> in.u64();
      case REAL -> Double.longBitsToDouble(in.u64());
      case TEXT -> text(in);
      case BLOB -> in.prefixed("a blob", MAX_TEXT_BYTES);
      default -> throw in.corrupt("no type of value: " + type);
    };
  }
}
