package dev.graft.sim.judge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of one JSON object. What is missing or of another type is an exception. */
final class Fields {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_DEPTH = 8;

  private final Map<?, ?> fields;

  private Fields(Map<?, ?> fields) {
    this.fields = fields;
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException when it is not one JSON object
   */
  static Fields of(String line) {
    try (JsonParser parser = JSON.createParser(line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("a line of a history is a JSON object");
      }
      Fields fields = new Fields(object(parser, 0));
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("a line of a history is one JSON object");
      }
      return fields;
    } catch (IOException e) {
      // What follows the first line of it is Jackson's own place in the line.
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException("not JSON: " + why, e);
    }
  }

  private static Map<String, Object> object(JsonParser parser, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("deeper than " + MAX_DEPTH + " levels");
    }
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, value(parser, depth));
    }
    return members;
  }

  private static Object value(JsonParser parser, int depth) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, depth + 1);
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(parser, depth + 1));
        }
        yield elements;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      default -> throw new IllegalArgumentException("unexpected " + parser.currentToken());
    };
  }

  private <T> T get(String name, Class<T> type, String what) {
    return as(fields.get(name), type, "field '" + name + "' is missing or not " + what);
  }

  private static <T> T as(@Nullable Object value, Class<T> type, String wrong) {
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(wrong);
    }
    return type.cast(value);
  }

  /** A number that is not below the smallest one that makes sense. */
  long number(String name, long smallest) {
    long number = get(name, Long.class, "a whole number");
    if (number < smallest) {
      throw new IllegalArgumentException(
          "field '" + name + "' is " + number + ", and at least " + smallest + " makes sense");
    }
    return number;
  }

  /** The same of a field that may be missing: then it is the smallest one. */
  long numberOr(String name, long smallest) {
    return fields.containsKey(name) ? number(name, smallest) : smallest;
  }

  /** A number from 0 on, or -1 when there is another one instead of it. */
  long numberOfTwo(String name, String instead) {
    if (fields.containsKey(name) == fields.containsKey(instead)) {
      throw new IllegalArgumentException(
          "one of the fields '" + name + "' and '" + instead + "' is needed, and only one");
    }
    return fields.containsKey(name) ? number(name, 0) : -1;
  }

  /** A text that is one of these. */
  String one(String name, Set<String> of) {
    String text = text(name);
    if (!of.contains(text)) {
      throw cannotBe(name, text);
    }
    return text;
  }

  private static IllegalArgumentException cannotBe(String name, String text) {
    return new IllegalArgumentException(
        "field '" + name + "' is '" + text + "', which it cannot be");
  }

  String text(String name) {
    return get(name, String.class, "text");
  }

  boolean truth(String name) {
    return get(name, Boolean.class, "true or false");
  }

  <E extends Enum<E>> E one(String name, Class<E> type) {
    String text = text(name);
    for (E each : type.getEnumConstants()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return each;
      }
    }
    throw cannotBe(name, text);
  }

  List<String> names(String name) {
    List<String> names = new ArrayList<>();
    for (Object element : get(name, List.class, "a list")) {
      names.add(as(element, String.class, "field '" + name + "' is not a list of texts"));
    }
    return names;
  }

  @Nullable Set<Long> numbersOrNull(String name) {
    if (!fields.containsKey(name)) {
      return null;
    }
    Set<Long> numbers = new LinkedHashSet<>();
    for (Object element : get(name, List.class, "a list")) {
      numbers.add(as(element, Long.class, "field '" + name + "' is not a list of whole numbers"));
    }
    return numbers;
  }

  Map<Long, String> pages(String name) {
    Map<Long, String> pages = new LinkedHashMap<>();
    Map<?, ?> members = get(name, Map.class, "an object");
    members.forEach((page, content) ->
        pages.put(
            page(name, String.valueOf(page)),
            as(content, String.class, "field '" + name + "' has a content that is not text")));
    return pages;
  }

  private static long page(String name, String text) {
    try {
      long page = Long.parseLong(text);
      if (page >= 1) {
        return page;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("field '" + name + "' has '" + text + "' for a page");
  }

  View view() {
    Fields view = new Fields(get("view", Map.class, "an object"));
    return new View(view.number("lsn", 0), view.names("pending"), view.number("count", -1));
  }
}
