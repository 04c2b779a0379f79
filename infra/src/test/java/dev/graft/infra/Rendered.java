package dev.graft.infra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a template as text that tests compare whole: what refers to a resource is the path of
 * its construct, joined text is one, and maps are sorted.
 */
final class Rendered {
  private static final String HASH_OF_CONSTRUCT = "[0-9A-F]{8}$";

  private Rendered() {}

  /** A value: {@code StoragePages/volumes/*}, {@code EdgeKeys}, {@code {a=1, b=[2, 3]}}. */
  static String text(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map when map.size() == 1 -> reference(map);
      case Map<?, ?> map -> sorted(map);
      case List<?> list -> list.stream().map(Rendered::text).toList().toString();
      case Number number when number.doubleValue() == number.longValue() ->
          Long.toString(number.longValue());
      case null -> "none";
      default -> value.toString();
    };
  }

  /** The same of each of several values, or of the one that stands in their place. */
  static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> many
        ? many.stream().map(Rendered::text).toList()
        : List.of(text(value));
  }

  /** The construct's path: the logical id without its hash. */
  static String name(String logicalId) {
    return logicalId.replaceFirst("^AWS::", "").replaceFirst(HASH_OF_CONSTRUCT, "");
  }

  private static String reference(Map<?, ?> map) {
    Object value = map.values().iterator().next();
    return switch (String.valueOf(map.keySet().iterator().next())) {
      case "Ref" -> name(String.valueOf(value));
      case "Fn::GetAtt" -> {
        String attribute = text(part(value, 1));
        String name = name(text(part(value, 0)));
        yield attribute.equals("Arn") ? name : name + "." + attribute;
      }
      case "Fn::Join" -> String.join(text(part(value, 0)), texts(part(value, 1)));
      case "Fn::Split" -> text(part(value, 1)) + " by " + text(part(value, 0));
      case "Fn::Select" -> text(part(value, 1)) + " at " + text(part(value, 0));
      default -> sorted(map);
    };
  }

  private static @Nullable Object part(@Nullable Object list, int index) {
    return ((List<?>) Objects.requireNonNull(list)).get(index);
  }

  private static String sorted(Map<?, ?> map) {
    Map<String, String> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(String.valueOf(key), text(value)));
    return sorted.toString();
  }

  /** What a resource was given. */
  static Map<String, Object> properties(Map<String, Object> resource) {
    return map(resource.get("Properties"));
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> maps(@Nullable Object value) {
    return new ArrayList<>((List<Map<String, Object>>) Objects.requireNonNull(value));
  }
}
