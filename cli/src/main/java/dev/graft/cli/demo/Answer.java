package dev.graft.cli.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a question, so far as two of them are to be compared.
 *
 * @param rows how many
 * @param digest SHA-256 over kinds and values of all rows, in their order
 */
public record Answer(long rows, String digest) {

  /** Asks a connection and reads all rows. */
  public static Answer of(Connection db, Question question) throws SQLException {
    try (PreparedStatement statement = db.prepareStatement(question.sql())) {
      for (int i = 0; i < question.arguments().size(); i++) {
        statement.setObject(i + 1, question.arguments().get(i));
      }
      try (ResultSet result = statement.executeQuery()) {
        return of(result);
      }
    }
  }

  private static Answer of(ResultSet result) throws SQLException {
    MessageDigest digest = sha256();
    int columns = result.getMetaData().getColumnCount();
    long rows = 0;
    while (result.next()) {
      rows++;
      for (int i = 1; i <= columns; i++) {
        add(digest, result.getObject(i));
      }
    }
    return new Answer(rows, HexFormat.of().formatHex(digest.digest()));
  }

  private static void add(MessageDigest digest, @Nullable Object value) {
    switch (value) {
      case null -> add(digest, 'n', new byte[0]);
      case byte[] bytes -> add(digest, 'b', bytes);
      case String text -> add(digest, 't', text.getBytes(StandardCharsets.UTF_8));
      case Double number -> add(digest, 'r', bytesOf(Double.doubleToLongBits(number)));
      case Number number -> add(digest, 'i', bytesOf(number.longValue()));
      default -> add(digest, 'o', value.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void add(MessageDigest digest, char kind, byte[] bytes) {
    digest.update((byte) kind);
    digest.update(bytesOf(bytes.length));
    digest.update(bytes);
  }

  private static byte[] bytesOf(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
