package dev.graft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Holds what the file says of paths, parameters, headers and statuses against the routes. */
final class OpenApiPaths {
  private static final Set<String> EVERY_ANSWER =
      Set.of(Headers.TIME, Headers.REQUEST, Headers.CACHE_CONTROL);

  private final OpenApiFile file;

  OpenApiPaths(OpenApiFile file) {
    this.file = file;
  }

  void check() {
    pathsAreTheRoutes();
    everythingAsksForAToken();
    parametersStandWhereTheyAreRead();
    parametersTakeWhatIsTaken();
    operationsTakeAndAnswerTheMessages();
    statusesAreThoseOfProblems();
    answersHaveTheirHeaders();
    answerHeadersAreWhatIsSent();
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
    return OpenApiFile.object(file.at("paths", template(route), method.toLowerCase(Locale.ROOT)));
  }

  private interface Looks {
    void at(Route route, String method, Map<String, Object> operation);
  }

  private void forEach(Looks looks) {
    for (Route route : routes()) {
      for (String method : route.methods()) {
        looks.at(route, method, operation(route, method));
      }
    }
  }

  private void pathsAreTheRoutes() {
    Map<String, Set<String>> wanted = new TreeMap<>();
    forEach((route, method, operation) -> {
      wanted
          .computeIfAbsent(template(route), path -> new TreeSet<>())
          .add(method.toLowerCase(Locale.ROOT));
      assertThat(operation.get("x-action"))
          .as(template(route))
          .isEqualTo(route.action().wireName());
    });
    Map<String, Set<String>> told = new TreeMap<>();
    OpenApiFile.object(file.at("paths"))
        .forEach((path, item) -> {
          Set<String> methods = new TreeSet<>(OpenApiFile.object(item).keySet());
          methods.remove("parameters");
          told.put(path, methods);
        });
    assertThat(told).isEqualTo(wanted);
  }

  private void everythingAsksForAToken() {
    assertThat(file.at("security")).isEqualTo(List.of(Map.of("token", List.of())));
    assertThat(file.at("components", "securitySchemes"))
        .isEqualTo(
            Map.of("token", Map.of("type", "apiKey", "in", "header", "name", Headers.TOKEN)));
    forEach((route, method, operation) ->
        assertThat(operation).as(template(route)).doesNotContainKey("security"));
  }

  private void parametersStandWhereTheyAreRead() {
    parameter("volume", "volume", "path", true);
    parameter("segment", "segment", "path", true);
    parameter("nlsn", "nlsn", "path", true);
    parameter("range", Headers.RANGE, "header", false);
    parameter("sha256", Headers.CONTENT_SHA256, "header", true);
    parameter("request", Headers.REQUEST, "header", false);
    forEach((route, method, operation) -> {
      assertThat(names(operation))
          .as(template(route))
          .containsExactlyInAnyOrder(
              method.equals("POST") ? new String[] {"sha256", "request"} : new String[] {"range"});
      List<String> inPath =
          Pattern.compile("\\{(\\w+)}")
              .matcher(template(route))
              .results()
              .map(found -> found.group(1))
              .toList();
      assertThat(names(OpenApiFile.object(file.at("paths", template(route)))))
          .as(template(route))
          .containsExactlyInAnyOrderElementsOf(inPath);
    });
  }

  private void parameter(String key, String name, String in, boolean required) {
    Map<String, Object> parameter = OpenApiFile.object(file.at("components", "parameters", key));
    assertThat(parameter).as(key).containsEntry("name", name).containsEntry("in", in);
    assertThat(Boolean.TRUE.equals(parameter.get("required"))).as(key).isEqualTo(required);
  }

  private static List<String> names(Map<String, Object> holder) {
    return holder.containsKey("parameters")
        ? OpenApiFile.list(holder.get("parameters")).stream().map(OpenApiFile::nameOf).toList()
        : List.of();
  }

  private void parametersTakeWhatIsTaken() {
    String volume = Samples.VOLUME.toString();
    String segment = Samples.SEGMENT.toString();
    takes("volume", volume, text -> "/v1/volumes/" + text + "/segments/" + segment);
    takes("segment", segment, text -> "/v1/volumes/" + volume + "/segments/" + text);
    takes("nlsn", "fffffffffffffffe", text -> "/v1/volumes/" + volume + "/log/" + text);
    Pattern request = pattern("parameters", "request");
    Pattern answered = pattern("headers", Headers.REQUEST);
    for (String name :
        List.of("a", "A-9", "", "a_b", "a b", "ä", "x".repeat(64), "x".repeat(65), "-", "a\n")) {
      assertThat(matches(request, name)).as(name).isEqualTo(Headers.isRequestName(name));
      assertThat(matches(answered, name)).as(name).isEqualTo(Headers.isRequestName(name));
    }
    examples(
        pattern("parameters", "range"),
        List.of("bytes=0-0", "bytes=5-4194304"),
        List.of("bytes=5-", "bytes=-5", "bytes=0-1,3-4", "lines=0-1", "lines=ab", "0-1", ""));
    examples(
        pattern("headers", Headers.CONTENT_RANGE),
        List.of("bytes 0-0/1", "bytes 5-9/4194304", "bytes */7"),
        List.of("bytes 0-0", "bytes=0-0/1", "bytes 0-0/*", ""));
    assertThat(file.raw(file.at("components", "parameters", "sha256", "schema")))
        .isSameAs(file.at("components", "schemas", "hash"));
  }

  private interface InPath {
    String path(String text);
  }

  private void takes(String parameter, String good, InPath place) {
    Pattern pattern = pattern("parameters", parameter);
    int taken = 0;
    for (String text : variants(good)) {
      boolean isRoute = Route.parse("GET", place.path(text)).isPresent();
      assertThat(matches(pattern, text)).as(parameter + " " + text).isEqualTo(isRoute);
      taken += isRoute ? 1 : 0;
    }
    assertThat(taken).as(parameter).isPositive();
  }

  private static List<String> variants(String good) {
    List<String> all = new ArrayList<>();
    all.add(good);
    all.add(good.toUpperCase(Locale.ROOT));
    all.add(good + "0");
    all.add(" " + good);
    all.add(good.substring(0, good.length() - 1));
    for (int at : new int[] {0, 4, good.length() - 1}) {
      for (char c : new char[] {'0', '7', '8', 'f', 'g', 'i', 'l', 'o', 'u', 'z', '.', '%'}) {
        all.add(good.substring(0, at) + c + good.substring(at + 1));
      }
    }
    return all;
  }

  private Pattern pattern(String kind, String name) {
    Object schema = file.at("components", kind, name, "schema");
    return Pattern.compile(OpenApiFile.within(file.raw(schema), "pattern").toString());
  }

  /** As JSON schema means it: {@code $} is the very end. */
  private static boolean matches(Pattern pattern, String text) {
    return pattern.matcher(text).matches();
  }

  private static void examples(Pattern pattern, List<String> good, List<String> bad) {
    good.forEach(text -> assertThat(matches(pattern, text)).as(pattern + " " + text).isTrue());
    bad.forEach(text -> assertThat(matches(pattern, text)).as(pattern + " " + text).isFalse());
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

  private void operationsTakeAndAnswerTheMessages() {
    forEach((route, method, operation) -> {
      List<String> messages = messages(route);
      if (method.equals("POST")) {
        assertThat(OpenApiFile.within(operation, "requestBody", "required")).isEqualTo(true);
      } else {
        assertThat(operation).as(template(route)).doesNotContainKey("requestBody");
      }
      if (!messages.get(0).isEmpty()) {
        assertThat(schemaName(OpenApiFile.within(operation, "requestBody", "content")))
            .isEqualTo(messages.get(0));
      } else if (method.equals("POST")) {
        assertThat(OpenApiFile.object(OpenApiFile.within(operation, "requestBody", "content")))
            .containsOnlyKeys(Headers.BYTES);
      }
      if (!messages.get(1).isEmpty()) {
        assertThat(schemaName(OpenApiFile.within(operation, "responses", "200", "content")))
            .isEqualTo(messages.get(1));
      }
    });
  }

  private static String schemaName(Object content) {
    return OpenApiFile.nameOf(OpenApiFile.within(content, Headers.JSON, "schema"));
  }

  private void statusesAreThoseOfProblems() {
    Set<String> usual =
        Stream.of(GraftException.Code.values())
            .map(code -> String.valueOf(Problem.usualStatus(code)))
            .filter(status -> !status.equals("409"))
            .collect(Collectors.toCollection(TreeSet::new));
    usual.add("401");
    forEach((route, method, operation) -> {
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
      Map<String, Object> responses =
          OpenApiFile.object(OpenApiFile.within(operation, "responses"));
      assertThat(new TreeSet<>(responses.keySet())).as(template(route)).isEqualTo(wanted);
      responses.forEach((status, response) -> {
        if (Integer.parseInt(status) >= 400) {
          assertThat(OpenApiFile.object(OpenApiFile.within(file.resolved(response), "content")))
              .containsOnlyKeys(Headers.PROBLEM);
        }
      });
    });
  }

  private void answersHaveTheirHeaders() {
    forEach((route, method, operation) ->
        OpenApiFile.object(OpenApiFile.within(operation, "responses"))
            .forEach((status, response) -> {
              Set<String> wanted = new TreeSet<>(EVERY_ANSWER);
              if (status.equals("206")) {
                wanted.add(Headers.CONTENT_RANGE);
              }
              if (Integer.parseInt(status) >= 400) {
                wanted.addAll(Set.of(Headers.RETRY_AFTER, Headers.CONTENT_RANGE, "allow"));
              }
              Map<String, Object> told =
                  OpenApiFile.object(OpenApiFile.within(file.resolved(response), "headers"));
              assertThat(told.keySet()).as(template(route) + " " + status).isEqualTo(wanted);
              told.forEach(
                  (name, header) -> assertThat(OpenApiFile.nameOf(header)).isEqualTo(name));
            }));
  }

  private void answerHeadersAreWhatIsSent() {
    assertThat(file.raw(file.at("components", "headers", Headers.TIME, "schema")))
        .isSameAs(file.at("components", "schemas", "time"));
    assertThat(
            OpenApiFile.texts(
                file.at("components", "headers", Headers.CACHE_CONTROL, "schema", "enum")))
        .containsExactlyInAnyOrder(Headers.NO_STORE, Headers.FOR_EVER);
    assertThat(file.at("components", "headers", Headers.RETRY_AFTER, "schema"))
        .isEqualTo(Map.of("type", "integer", "minimum", 1));
    assertThat(file.at("components", "headers", "allow", "schema"))
        .isEqualTo(Map.of("type", "string"));
  }
}
