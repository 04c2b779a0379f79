package dev.graft.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** JSON as a tree of maps, lists and pieces of text that stand for themselves: to damage it. */
final class Tree {
  /** A value that is printed as it is. */
  record Raw(String json) {}

  private Tree() {}

  static Map<String, Object> parse(byte[] json) {
    JsonObject[] root = new JsonObject[1];
    root[0] = new JsonBody("tree", false).parse(json, HttpLimits.MAX_ANSWER_BYTES);
    return plain(root[0].raw());
  }

  private static Map<String, Object> plain(Map<String, Object> members) {
    Map<String, Object> copy = new LinkedHashMap<>();
    members.forEach((name, value) -> copy.put(name, plainValue(value)));
    return copy;
  }

  private static Object plainValue(Object value) {
    return switch (value) {
      case JsonBody.Members(Map<String, Object> inner) -> plain(inner);
      case JsonBody.Elements(List<Object> list) ->
          new ArrayList<>(list.stream().map(Tree::plainValue).toList());
      case String text -> new Raw(quoted(text));
      default -> new Raw(value.toString());
    };
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  static byte[] print(Object tree) {
    StringBuilder out = new StringBuilder();
    print(tree, out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void print(Object tree, StringBuilder out) {
    switch (tree) {
      case Raw(String json) -> out.append(json);
      case Map<?, ?> map -> {
        String comma = "{";
        for (Map.Entry<?, ?> each : map.entrySet()) {
          out.append(comma).append(quoted(each.getKey().toString())).append(':');
          print(each.getValue(), out);
          comma = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case List<?> list -> {
        String comma = "[";
        for (Object each : list) {
          out.append(comma);
          print(each, out);
          comma = ",";
        }
        out.append(list.isEmpty() ? "[]" : "]");
      }
      default -> throw new IllegalArgumentException(tree.getClass().toString());
    }
  }

  /** Calls with every object in the tree, the tree itself first. */
  @SuppressWarnings("unchecked")
  static void forEachObject(Object tree, Consumer<Map<String, Object>> action) {
    if (tree instanceof Map<?, ?> map) {
      action.accept((Map<String, Object>) map);
      List.copyOf(map.values()).forEach(value -> forEachObject(value, action));
    } else if (tree instanceof List<?> list) {
      list.forEach(value -> forEachObject(value, action));
    }
  }
}
