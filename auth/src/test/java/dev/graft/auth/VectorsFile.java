package dev.graft.auth;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@link Vectors} as a file, for other programs. */
final class VectorsFile {
  private VectorsFile() {}

  /** The rows as a file: tokens once, by number. */
  static String json() {
    StringWriter text = new StringWriter();
    Map<String, Integer> numbers = new LinkedHashMap<>();
    List<Vectors.Row> rows = Vectors.rows();
    rows.forEach(row -> {
      if (row.token() != null) {
        numbers.putIfAbsent(row.token(), numbers.size());
      }
    });
    try (JsonGenerator json = StrictJson.generator(text)) {
      json.writeStartObject();
      json.writeStringField(
          "about",
          "status is the answer of edge and functions to a request with that token (its place in"
              + " 'tokens') at that time (ms); 200: it goes on");
      json.writeRaw("\n");
      json.writeFieldName("keyValueStore");
      json.writeStartObject();
      for (Map.Entry<String, String> entry : Vectors.edgeEntries().entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeRaw("\n");
      json.writeArrayFieldStart("tokens");
      for (String token : numbers.keySet()) {
        json.writeRaw("\n");
        json.writeString(token);
      }
      json.writeEndArray();
      json.writeRaw("\n");
      json.writeArrayFieldStart("rows");
      for (Vectors.Row row : rows) {
        json.writeRaw("\n");
        json.writeStartObject();
        json.writeStringField("name", row.name());
        if (row.token() != null) {
          json.writeNumberField("token", numbers.getOrDefault(row.token(), -1));
        }
        json.writeStringField("method", row.method());
        json.writeStringField("path", row.path());
        json.writeNumberField("now", row.now());
        json.writeNumberField("status", row.status());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw("\n");
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
