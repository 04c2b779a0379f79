package dev.graft.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code docs/openapi.yaml}, or text that was made from it. */
final class OpenApiFile {
  private static final Path FILE = Path.of("..", "docs", "openapi.yaml");

  private final Map<String, Object> root;

  OpenApiFile(String yaml) {
    this.root = object(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml));
  }

  /** The file as it is. */
  static String text() {
    try {
      return Files.readString(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, Object> object(Object yaml) {
    Map<String, Object> object = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(yaml)).forEach((k, v) -> object.put(k.toString(), v));
    return object;
  }

  static List<Object> list(Object yaml) {
    return new ArrayList<>((List<?>) yaml);
  }

  static TreeSet<String> texts(Object yamlList) {
    TreeSet<String> texts = new TreeSet<>();
    list(yamlList).forEach(each -> texts.add(each.toString()));
    return texts;
  }

  /** What lies within something; a missing step fails. */
  static Object within(Object yaml, String... keys) {
    Object at = yaml;
    for (String key : keys) {
      Map<String, Object> object = object(at);
      if (!object.containsKey(key)) {
        throw new AssertionError("the file has no " + String.join("/", keys) + ": " + key);
      }
      at = object.get(key);
    }
    return at;
  }

  /** What lies at a place of the file. */
  Object at(String... keys) {
    return within(root, keys);
  }

  boolean has(String key) {
    return root.containsKey(key);
  }

  /** The very map of the file that is meant, so that one schema is one key wherever it is used. */
  Map<?, ?> raw(Object schemaOrRef) {
    Map<?, ?> schema = (Map<?, ?>) schemaOrRef;
    return schema.get("$ref") instanceof String ref ? raw(at(ref.substring(2).split("/"))) : schema;
  }

  Map<String, Object> resolved(Object yaml) {
    return object(raw(yaml));
  }

  /** The last name of a reference. */
  static String nameOf(Object ref) {
    String text = within(ref, "$ref").toString();
    return text.substring(text.lastIndexOf('/') + 1);
  }
}
