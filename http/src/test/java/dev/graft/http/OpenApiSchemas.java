package dev.graft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.error.GraftException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Holds the schemas against what messages really take: every golden message is walked beside its
 * schema, and at each place what the schema says is tried on the codec itself. A schema may stand
 * at several places; what it allows must be taken at one of them at least, and what it forbids at
 * none.
 */
final class OpenApiSchemas {
  private final OpenApiFile file;
  private final Map<Map<?, ?>, Seen> seen = new IdentityHashMap<>();

  /** What was tried with one schema. */
  private static final class Seen {
    final String where;
    final Set<String> members = new TreeSet<>();

    /** Of each member, whether every message that has it is refused without it. */
    final Map<String, Boolean> needed = new TreeMap<>();

    /** Of each value that the schema allows, whether it was taken somewhere. */
    final Map<String, Boolean> taken = new TreeMap<>();

    Seen(String where) {
      this.where = where;
    }
  }

  OpenApiSchemas(OpenApiFile file) {
    this.file = file;
  }

  void check() {
    for (Samples.Sample<?> sample : Samples.all()) {
      Object schema = file.at("components", "schemas", sample.message().name());
      boolean closed = Boolean.FALSE.equals(OpenApiFile.object(schema).get("additionalProperties"));
      assertThat(closed).as(sample.golden()).isEqualTo(sample.message().isRequest());
      new Walk(sample).walk();
    }
    seen.forEach(OpenApiSchemas::checkSeen);
    enumsAreComplete();
    boundsStandWhereTheyAreWanted();
  }

  private static void checkSeen(Map<?, ?> schema, Seen seen) {
    if (schema.get("type") instanceof String type && type.equals("object")) {
      Set<String> told =
          schema.get("properties") instanceof Map<?, ?> properties
              ? new TreeSet<>(OpenApiFile.object(properties).keySet())
              : Set.of();
      assertThat(told).as(seen.where).isEqualTo(seen.members);
      assertThat(required(schema)).as(seen.where).isEqualTo(needed(schema, seen));
    }
    seen.taken.forEach(
        (value, taken) -> assertThat(taken).as(seen.where + " is taken: " + value).isTrue());
  }

  private static Set<String> required(Map<?, ?> schema) {
    return schema.get("required") instanceof List<?> names
        ? OpenApiFile.texts(names)
        : new TreeSet<>();
  }

  /** A member is required exactly when no message is taken without it. */
  private static Set<String> needed(Map<?, ?> schema, Seen seen) {
    Set<String> alternatives = new TreeSet<>();
    if (schema.get("oneOf") instanceof List<?> choices) {
      choices.forEach(
          choice -> alternatives.addAll(OpenApiFile.texts(OpenApiFile.within(choice, "required"))));
    }
    Set<String> needed = new TreeSet<>();
    seen.needed.forEach((name, always) -> {
      if (always && !alternatives.contains(name)) {
        needed.add(name);
      }
    });
    return needed;
  }

  private void enumsAreComplete() {
    assertThat(
            OpenApiFile.texts(
                file.at(
                    "components",
                    "schemas",
                    "tokenRequest",
                    "properties",
                    "actions",
                    "items",
                    "enum")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Action.values()).map(Action::wireName).toList());
    assertThat(
            OpenApiFile.texts(
                file.at("components", "schemas", "problem", "properties", "code", "enum")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(GraftException.Code.values()).map(GraftException.Code::wireName).toList());
  }

  /** Every number has both ends, and every text of a request says which text. */
  private void boundsStandWhereTheyAreWanted() {
    Set<Map<?, ?>> ofRequests = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Samples.Sample<?> sample : Samples.all()) {
      if (sample.message().isRequest()) {
        leaves(file.at("components", "schemas", sample.message().name()), ofRequests);
      }
    }
    seen.forEach((schema, places) -> {
      if ("integer".equals(schema.get("type"))) {
        assertThat(OpenApiFile.object(schema)).as(places.where).containsKeys("minimum", "maximum");
      }
      if ("string".equals(schema.get("type")) && ofRequests.contains(schema)) {
        assertThat(Stream.of("contentEncoding", "format", "pattern", "maxLength"))
            .as(places.where + " says which text it is")
            .anyMatch(schema::containsKey);
      }
    });
  }

  private void leaves(Object schemaOrRef, Set<Map<?, ?>> found) {
    Map<?, ?> schema = file.raw(schemaOrRef);
    if (!found.add(schema)) {
      return;
    }
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      properties.values().forEach(each -> leaves(each, found));
    }
    if (schema.get("items") != null) {
      leaves(schema.get("items"), found);
    }
  }

  /** One message beside its schema. */
  private final class Walk {
    private final Samples.Sample<?> sample;
    private final Map<String, Object> tree;

    Walk(Samples.Sample<?> sample) {
      this.sample = sample;
      this.tree = Tree.parse(sample.encode());
    }

    void walk() {
      walk(
          sample.golden(),
          file.at("components", "schemas", sample.message().name()),
          tree,
          root -> {});
    }

    private boolean isTaken() {
      try {
        sample.message().decode(Tree.print(tree));
        return true;
      } catch (GraftException e) {
        return false;
      }
    }

    /** Whether the message is taken with another value at a place. */
    private boolean isTaken(Consumer<Object> put, Object kept, Object other) {
      put.accept(other);
      boolean taken = isTaken();
      put.accept(kept);
      return taken;
    }

    private void walk(String where, Object schemaOrRef, Object value, Consumer<Object> put) {
      Map<?, ?> schema = file.raw(schemaOrRef);
      if (schema.get("additionalProperties") instanceof Map<?, ?>) {
        assertThat(value).as(where).isInstanceOf(Map.class);
        return;
      }
      Seen about = seen.computeIfAbsent(schema, s -> new Seen(where));
      switch (value) {
        case Map<?, ?> map -> walkObject(where, schema, about, map);
        case List<?> list -> walkList(where, schema, about, list, put);
        default -> walkLeaf(where, schema, about, ((Tree.Raw) value).json(), put);
      }
    }

    @SuppressWarnings("unchecked")
    private void walkObject(String where, Map<?, ?> schema, Seen about, Map<?, ?> value) {
      assertThat(schema.get("type")).as(where).isEqualTo("object");
      Map<String, Object> object = (Map<String, Object>) value;
      for (String name : List.copyOf(object.keySet())) {
        about.members.add(name);
        Map<String, Object> kept = new LinkedHashMap<>(object);
        object.remove(name);
        about.needed.merge(name, !isTaken(), Boolean::logicalAnd);
        object.clear();
        object.putAll(kept);
        Object inner = OpenApiFile.within(schema, "properties", name);
        Object now = OpenApiFile.within(object, name);
        walk(where + "." + name, inner, now, other -> object.put(name, other));
      }
    }

    @SuppressWarnings("unchecked")
    private void walkList(
        String where, Map<?, ?> schema, Seen about, List<?> value, Consumer<Object> put) {
      assertThat(schema.get("type")).as(where).isEqualTo("array");
      List<Object> list = (List<Object>) value;
      for (int i = 0; i < list.size(); i++) {
        int at = i;
        Object items = OpenApiFile.within(schema, "items");
        walk(where + "[]", items, list.get(i), other -> list.set(at, other));
      }
      if (schema.get("maxItems") instanceof Integer most) {
        List<Object> full = new ArrayList<>();
        while (full.size() < most) {
          full.add(list.getFirst());
        }
        about.taken.merge(most + " elements", isTaken(put, list, full), Boolean::logicalOr);
        List<Object> more = new ArrayList<>(full);
        more.add(list.getFirst());
        assertThat(isTaken(put, list, more)).as(where + " of " + more.size()).isFalse();
      }
    }

    private void walkLeaf(
        String where, Map<?, ?> schema, Seen about, String json, Consumer<Object> put) {
      Object type = schema.containsKey("enum") ? "string" : schema.get("type");
      String actual =
          json.startsWith("\"") ? "string" : json.matches("true|false") ? "boolean" : "integer";
      assertThat(type).as(where).isEqualTo(actual);
      Object kept = new Tree.Raw(json);
      if (schema.get("enum") instanceof List<?> values) {
        assertThat(OpenApiFile.texts(values)).as(where).contains(unquoted(json));
        for (Object each : values) {
          boolean taken = isTaken(put, kept, new Tree.Raw("\"" + each + "\""));
          about.taken.merge("" + each, taken, Boolean::logicalOr);
        }
      }
      if (actual.equals("integer")) {
        bounds(where, schema, about, kept, put);
      }
      if (schema.get("maxLength") instanceof Integer most) {
        about.taken.merge(most + " characters", isTaken(put, kept, text(most)), Boolean::logicalOr);
        assertThat(isTaken(put, kept, text(most + 1))).as(where + " longer than it may").isFalse();
      }
      if (schema.get("pattern") instanceof String pattern) {
        pattern(where, Pattern.compile(pattern), json, put);
      }
    }

    private static Tree.Raw text(int characters) {
      return new Tree.Raw("\"" + "a".repeat(characters) + "\"");
    }

    private static String unquoted(String json) {
      return json.substring(1, json.length() - 1);
    }

    private void bounds(
        String where, Map<?, ?> schema, Seen about, Object kept, Consumer<Object> put) {
      if (schema.get("minimum") instanceof Number least) {
        long min = least.longValue();
        about.taken.merge("least " + min, isTaken(put, kept, number(min)), Boolean::logicalOr);
        refused(where, put, kept, min - 1);
        // The next smaller one of those that are powers of two.
        refused(where, put, kept, min / 2 < min ? min / 2 : min - 1);
      }
      if (schema.get("maximum") instanceof Number most) {
        long max = most.longValue();
        about.taken.merge("most " + max, isTaken(put, kept, number(max)), Boolean::logicalOr);
        refused(where, put, kept, max + 1);
        refused(where, put, kept, max * 2);
      }
    }

    private static Tree.Raw number(long value) {
      return new Tree.Raw(Long.toString(value));
    }

    private void refused(String where, Consumer<Object> put, Object kept, long value) {
      assertThat(isTaken(put, kept, number(value))).as(where + " takes " + value).isFalse();
    }

    /** What is taken matches; text in another form is neither taken nor matches. */
    private void pattern(String where, Pattern pattern, String json, Consumer<Object> put) {
      String good = unquoted(json);
      assertThat(good).as(where).matches(pattern);
      Object kept = new Tree.Raw(json);
      List<String> others =
          List.of(
              good + "0",
              good.substring(1),
              good.toUpperCase(Locale.ROOT),
              " " + good,
              good + "~",
              "0" + good,
              "",
              "x");
      for (String other : others) {
        if (isTaken(put, kept, new Tree.Raw("\"" + other + "\""))) {
          assertThat(other).as(where + " is taken").matches(pattern);
        } else if (!other.equals(good + "0")) {
          assertThat(other).as(where + " is refused").doesNotMatch(pattern);
        }
      }
    }
  }
}
