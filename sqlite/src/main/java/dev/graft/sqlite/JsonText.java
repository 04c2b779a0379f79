package dev.graft.sqlite;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes flat JSON objects. */
final class JsonText {
  private JsonText() {}

  /** One object: null, numbers and booleans as such, all else as text. */
  static String object(Map<String, @Nullable Object> members) {
    StringBuilder out = new StringBuilder("{");
    Iterator<Map.Entry<String, @Nullable Object>> each = members.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, @Nullable Object> member = each.next();
      append(out, member.getKey());
      out.append(':');
      Object value = member.getValue();
      if (value == null || value instanceof Number || value instanceof Boolean) {
        out.append(value);
      } else {
        append(out, value.toString());
      }
      if (each.hasNext()) {
        out.append(',');
      }
    }
    return out.append('}').toString();
  }

  private static void append(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
