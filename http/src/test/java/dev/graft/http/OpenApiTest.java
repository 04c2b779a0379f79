package dev.graft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * {@code docs/openapi.yaml} against {@link Route}, {@link Problem} and what messages really take.
 */
class OpenApiTest {
  private static final Path FILE = Path.of("..", "docs", "openapi.yaml");

  private final Map<String, Object> root = load();

  private static Map<String, Object> load() {
    try {
      return object(
          new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(FILE)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Map<String, Object> object(Object yaml) {
    Map<String, Object> object = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(yaml)).forEach((k, v) -> object.put(k.toString(), v));
    return object;
  }

  private static Object at(Object yaml, String... keys) {
    Object at = yaml;
    for (String key : keys) {
      at = Objects.requireNonNull(object(at).get(key), key);
    }
    return at;
  }

  private static List<Object> list(Object yaml) {
    return new ArrayList<>((List<?>) yaml);
  }

  private Map<String, Object> resolved(Object yaml) {
    Map<String, Object> object = object(yaml);
    Object ref = object.get("$ref");
    return ref == null ? object : resolved(at(root, ref.toString().substring(2).split("/")));
  }

  private static List<Route> routes() {
    return RouteTest.all(Samples.VOLUME, Samples.SEGMENT, new Lsn(1));
  }

  private static String template(Route route) {
    return route
        .path()
        .replace(Samples.VOLUME.toString(), "{volume}")
        .replace(Samples.SEGMENT.toString(), "{segment}")
        .replaceFirst("/[0-9a-f]{16}$", "/{nlsn}");
  }

  private Map<String, Object> operation(Route route, String method) {
    return object(at(root, "paths", template(route), method.toLowerCase(Locale.ROOT)));
  }

  @Test
  void paths_areTheRoutes_withTheirMethodsAndActions() {
    Map<String, Set<String>> wanted = new TreeMap<>();
    for (Route route : routes()) {
      for (String method : route.methods()) {
        wanted
            .computeIfAbsent(template(route), path -> new TreeSet<>())
            .add(method.toLowerCase(Locale.ROOT));
        assertThat(at(operation(route, method), "x-action"))
            .as(template(route))
            .isEqualTo(route.action().wireName());
      }
    }
    Map<String, Set<String>> told = new TreeMap<>();
    object(at(root, "paths"))
        .forEach((path, item) -> {
          Set<String> methods = new TreeSet<>(object(item).keySet());
          methods.remove("parameters");
          told.put(path, methods);
        });
    assertThat(told).isEqualTo(wanted);
  }

  @Test
  void parameters_acceptWhatIsPrinted() {
    Map<String, String> printed =
        Map.of(
            "volume", Samples.VOLUME.toString(),
            "segment", Samples.SEGMENT.toString(),
            "nlsn", "fffffffffffffffe");
    printed.forEach((name, text) -> {
      String pattern = at(root, "components", "parameters", name, "schema", "pattern").toString();
      assertThat(text).matches(Pattern.compile(pattern));
    });
    assertThat(at(root, "components", "securitySchemes", "token", "name")).isEqualTo(Headers.TOKEN);
    assertThat(at(root, "components", "parameters", "sha256", "name"))
        .isEqualTo(Headers.CONTENT_SHA256);
    assertThat(at(root, "components", "parameters", "request", "name")).isEqualTo(Headers.REQUEST);
    assertThat(at(root, "components", "parameters", "range", "name")).isEqualTo(Headers.RANGE);
  }

  /** What each route takes and answers; the compiler asks for a new route to be added. */
  private static List<String> messages(Route route) {
    return switch (route) {
      case Route.Create r -> List.of("createVolume", "volumeInfo");
      case Route.Info r -> List.of("empty", "volumeInfo");
      case Route.Changes r -> List.of("changesRequest", "graft");
      case Route.Log r -> List.of("logRequest", "logPage");
      case Route.State r -> List.of("empty", "volumeState");
      case Route.Upload r -> List.of("", "uploadReceipt");
      case Route.Uploads r -> List.of("uploadsRequest", "presigned");
      case Route.Commits r -> List.of("commitRequest", "committed");
      case Route.Fork r -> List.of("forkRequest", "forked");
      case Route.Retain r -> List.of("retainRequest", "retained");
      case Route.Waiting r -> List.of("empty", "waiting");
      case Route.Delete r -> List.of("empty", "volumeState");
      case Route.Tokens r -> List.of("tokenRequest", "token");
      case Route.Revoke r -> List.of("revoke", "done");
      case Route.SegmentRange r -> List.of("", "");
      case Route.LogRange r -> List.of("", "");
    };
  }

  @Test
  void operations_takeAndAnswerTheMessages() {
    for (Route route : routes()) {
      for (String method : route.methods()) {
        Map<String, Object> operation = operation(route, method);
        List<String> messages = messages(route);
        if (!messages.get(0).isEmpty()) {
          assertThat(schemaName(at(operation, "requestBody", "content", Headers.JSON)))
              .isEqualTo(messages.get(0));
        } else if (method.equals("POST")) {
          assertThat(object(at(operation, "requestBody", "content")))
              .containsOnlyKeys(Headers.BYTES);
        }
        if (!messages.get(1).isEmpty()) {
          assertThat(schemaName(at(operation, "responses", "200", "content", Headers.JSON)))
              .isEqualTo(messages.get(1));
        }
      }
    }
  }

  private static String schemaName(Object content) {
    String ref = at(content, "schema", "$ref").toString();
    return ref.substring(ref.lastIndexOf('/') + 1);
  }

  @Test
  void statuses_areThoseOfProblems() {
    Set<String> usual =
        Stream.of(GraftException.Code.values())
            .map(code -> String.valueOf(Problem.usualStatus(code)))
            .filter(status -> !status.equals("409"))
            .collect(Collectors.toCollection(TreeSet::new));
    usual.add("401");
    for (Route route : routes()) {
      for (String method : route.methods()) {
        Set<String> wanted = new TreeSet<>(usual);
        wanted.add("200");
        if (route instanceof Route.OfObject) {
          wanted.add("416");
          if (method.equals("GET")) {
            wanted.add("206");
          }
        } else {
          wanted.addAll(List.of("405", "413", "415"));
        }
        if (route instanceof Route.Changes
            || route instanceof Route.Commits
            || route instanceof Route.Fork) {
          wanted.add("409");
        }
        Map<String, Object> responses = object(at(operation(route, method), "responses"));
        assertThat(new TreeSet<>(responses.keySet())).as(template(route)).isEqualTo(wanted);
        responses.forEach((status, response) -> {
          if (Integer.parseInt(status) >= 400) {
            assertThat(object(at(resolved(response), "content"))).containsOnlyKeys(Headers.PROBLEM);
          }
        });
      }
    }
    List<Object> codes =
        list(at(root, "components", "schemas", "problem", "properties", "code", "enum"));
    assertThat(codes)
        .containsExactlyInAnyOrder(
            Stream.of(GraftException.Code.values()).map(GraftException.Code::wireName).toArray());
  }

  @Test
  void schemas_haveTheMembersOfMessages_noMoreAndNoFewer() {
    Map<Map<?, ?>, Set<String>> seen = new IdentityHashMap<>();
    for (Samples.Sample<?> sample : Samples.all()) {
      Object schema = at(root, "components", "schemas", sample.message().name());
      walk(sample.golden(), schema, Tree.parse(sample.encode()), seen);
      boolean closed = Boolean.FALSE.equals(object(schema).get("additionalProperties"));
      assertThat(closed).as(sample.golden()).isEqualTo(sample.message().isRequest());
    }
    seen.forEach((schema, members) ->
        assertThat(members)
            .isEqualTo(
                schema.get("properties") instanceof Map<?, ?> properties
                    ? properties.keySet()
                    : Set.of()));
  }

  private void walk(
      String where, Object schemaOrRef, Object value, Map<Map<?, ?>, Set<String>> seen) {
    Map<?, ?> schema = raw(schemaOrRef);
    if (value instanceof Map<?, ?> tree
        && schema.get("additionalProperties") instanceof Map<?, ?>) {
      return;
    }
    if (value instanceof Map<?, ?> tree) {
      Set<String> members = seen.computeIfAbsent(schema, s -> new TreeSet<>());
      for (Map.Entry<?, ?> each : tree.entrySet()) {
        String name = each.getKey().toString();
        members.add(name);
        walk(where + "." + name, at(schema, "properties", name), each.getValue(), seen);
      }
    } else if (value instanceof List<?> elements) {
      assertThat(schema.get("type")).as(where).isEqualTo("array");
      elements.forEach(element -> walk(where + "[]", at(schema, "items"), element, seen));
    } else {
      String json = ((Tree.Raw) value).json();
      Object type = schema.containsKey("enum") ? "string" : schema.get("type");
      String actual =
          json.startsWith("\"") ? "string" : json.matches("true|false") ? "boolean" : "integer";
      assertThat(type).as(where).isEqualTo(actual);
      if (schema.get("pattern") instanceof String pattern) {
        assertThat(json.substring(1, json.length() - 1))
            .as(where)
            .matches(Pattern.compile(pattern));
      }
    }
  }

  /** The very map of the file, so that one schema is one key wherever it is used. */
  private Map<?, ?> raw(Object schemaOrRef) {
    Map<?, ?> schema = (Map<?, ?>) schemaOrRef;
    return schema.get("$ref") instanceof String ref
        ? raw(at(root, ref.substring(2).split("/")))
        : schema;
  }

  /** A member is required exactly when no message is taken without it. */
  @Test
  void schemas_requireWhatMessagesCannotDoWithout() {
    Map<String, Map<String, Boolean>> refused = new TreeMap<>();
    for (Samples.Sample<?> sample : Samples.all()) {
      Map<String, Object> tree = Tree.parse(sample.encode());
      for (String name : List.copyOf(tree.keySet())) {
        Map<String, Object> without = new LinkedHashMap<>(tree);
        without.remove(name);
        refused
            .computeIfAbsent(sample.message().name(), n -> new TreeMap<>())
            .merge(name, isRefused(sample.message(), Tree.print(without)), Boolean::logicalAnd);
      }
    }
    refused.forEach((message, members) -> {
      Map<String, Object> schema = object(at(root, "components", "schemas", message));
      Set<String> required = new TreeSet<>();
      if (schema.get("required") instanceof List<?> names) {
        names.forEach(name -> required.add(name.toString()));
      }
      Set<String> alternatives = new TreeSet<>();
      if (schema.get("oneOf") instanceof List<?> choices) {
        choices.forEach(
            choice -> list(at(choice, "required")).forEach(n -> alternatives.add(n.toString())));
      }
      Set<String> needed = new TreeSet<>();
      members.forEach((name, always) -> {
        if (always && !alternatives.contains(name)) {
          needed.add(name);
        }
      });
      assertThat(required).as(message).isEqualTo(needed);
    });
  }

  private static boolean isRefused(Message<?> message, byte[] json) {
    try {
      message.decode(json);
      return false;
    } catch (GraftException e) {
      return true;
    }
  }
}
