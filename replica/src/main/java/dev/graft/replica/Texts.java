package dev.graft.replica;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Texts in JSON, as settings hold them. */
final class Texts {
  private static final JsonFactory JSON = new JsonFactory();

  private Texts() {}

  /** An object whose members are texts. */
  static Map<String, String> map(String name, String json) {
    Map<String, String> texts = new LinkedHashMap<>();
    try (JsonParser in = JSON.createParser(json)) {
      require(in.nextToken() == JsonToken.START_OBJECT, name);
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String key = in.currentName();
        require(in.nextToken() == JsonToken.VALUE_STRING, name);
        require(texts.put(key, in.getText()) == null, name);
      }
      require(in.currentToken() == JsonToken.END_OBJECT && in.nextToken() == null, name);
      return texts;
    } catch (IOException e) {
      throw wrong(name);
    }
  }

  /** A list of texts. */
  static List<String> list(String name, String json) {
    List<String> texts = new ArrayList<>();
    try (JsonParser in = JSON.createParser(json)) {
      require(in.nextToken() == JsonToken.START_ARRAY, name);
      while (in.nextToken() == JsonToken.VALUE_STRING) {
        texts.add(in.getText());
      }
      require(in.currentToken() == JsonToken.END_ARRAY && in.nextToken() == null, name);
      return texts;
    } catch (IOException e) {
      throw wrong(name);
    }
  }

  private static void require(boolean right, String name) {
    if (!right) {
      throw wrong(name);
    }
  }

  private static GraftException.Misuse wrong(String name) {
    return new GraftException.Misuse(
        name
            + " is not what it has to be: {\"name\": \"SELECT ...\"} for statements, [\"SELECT"
            + " ...\"] for what is primed");
  }
}
