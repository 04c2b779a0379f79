package dev.graft.replica;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.graft.http.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Rows as lists in JSON. A blob is {@code {"base64": text}}; an infinite number is the text {@code
 * "Infinity"} or {@code "-Infinity"}, which JSON has no number for.
 */
final class JsonRows implements RowWriter {
  /** The largest integer that every reader of JSON holds exactly. */
  private static final long MAX_EXACT = 1L << 53;

  private static final JsonFactory JSON = new JsonFactory();

  private final int maxBytes;
  private final boolean bigIntegersAsText;
  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private final CutBytes rows = new CutBytes();
  private final JsonGenerator out;
  private int columns;

  JsonRows(int maxBytes, boolean bigIntegersAsText) {
    this.maxBytes = maxBytes;
    this.bigIntegersAsText = bigIntegersAsText;
    try {
      // The rows are values one after the other, so that the last one can be cut off again.
      out = JSON.createGenerator(rows);
      out.setRootValueSeparator(new SerializedString(","));
    } catch (IOException e) {
      throw new IllegalStateException("no JSON can be written to memory", e);
    }
  }

  @Override
  public void columns(ResultSet result) throws SQLException, IOException {
    ResultSetMetaData about = result.getMetaData();
    columns = about.getColumnCount();
    try (JsonGenerator names = JSON.createGenerator(head)) {
      names.writeStartArray();
      for (int i = 1; i <= columns; i++) {
        names.writeStartObject();
        names.writeStringField("name", about.getColumnLabel(i));
        names.writeStringField("type", about.getColumnTypeName(i).toUpperCase(Locale.ROOT));
        names.writeEndObject();
      }
      names.writeEndArray();
    }
  }

  @Override
  public boolean row(ResultSet result) throws SQLException, IOException {
    int before = rows.size();
    out.writeStartArray();
    for (int i = 1; i <= columns; i++) {
      value(result.getObject(i));
    }
    out.writeEndArray();
    out.flush();
    if (rows.size() > maxBytes) {
      rows.cut(before);
      return false;
    }
    return true;
  }

  private void value(@Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Integer number -> out.writeNumber(number);
      case Long number -> {
        if (bigIntegersAsText && (number > MAX_EXACT || number < -MAX_EXACT)) {
          out.writeString(number.toString());
        } else {
          out.writeNumber(number);
        }
      }
      case Double number -> out.writeNumber(number);
      case byte[] bytes -> {
        out.writeStartObject();
        out.writeBinaryField("base64", bytes);
        out.writeEndObject();
      }
      default -> out.writeString(value.toString());
    }
  }

  @Override
  public byte[] finish(Facts facts) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream(head.size() + rows.size() + 512);
    body.writeBytes(bytes("{\"columns\":"));
    body.writeBytes(head.toByteArray());
    body.writeBytes(bytes(",\"rows\":["));
    rows.writeTo(body);
    body.writeBytes(bytes("],"));
    // What follows is an object that has begun already.
    byte[] tail = tail(facts);
    body.write(tail, 1, tail.length - 1);
    return body.toByteArray();
  }

  private static byte[] tail(Facts facts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator tail = JSON.createGenerator(bytes)) {
      tail.writeStartObject();
      tail.writeNumberField("rowCount", facts.rows());
      tail.writeBooleanField("truncated", facts.truncated() != Facts.Truncated.NO);
      if (facts.truncated() != Facts.Truncated.NO) {
        tail.writeStringField("truncatedBy", facts.truncated().name().toLowerCase(Locale.ROOT));
      }
      tail.writeStringField("lsn", facts.lsn().toString());
      tail.writeStringField("time", facts.time().toString());
      tail.writeStringField("asOf", facts.asOf().toString());
      if (facts.reopened()) {
        tail.writeBooleanField("reopened", true);
      }
      Facts.Cost cost = facts.cost();
      tail.writeObjectFieldStart("cost");
      tail.writeNumberField("requests", cost.requests());
      tail.writeNumberField("changes", cost.changes());
      tail.writeNumberField("reads", cost.reads());
      tail.writeNumberField("bytes", cost.bytes());
      tail.writeEndObject();
      tail.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String contentType() {
    return Headers.JSON;
  }
}
