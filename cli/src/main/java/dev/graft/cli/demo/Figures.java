package dev.graft.cli.demo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured: a flat map from names to numbers and truths, in the order in which they were
 * set. A figure that cannot be had is null, and there is a reason.
 */
final class Figures {
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();
  private final Map<String, String> reasons = new LinkedHashMap<>();

  void set(String name, long value) {
    values.put(name, value);
  }

  void set(String name, boolean value) {
    values.put(name, value);
  }

  /** A number with three digits behind the point. */
  void set(String name, double value) {
    values.put(name, Math.round(value * 1000) / 1000.0);
  }

  /** A figure that there is not. */
  void missing(String name, String reason) {
    values.put(name, null);
    reasons.put(name, reason);
  }

  /** The figures by name. */
  Map<String, @Nullable Object> values() {
    return Collections.unmodifiableMap(values);
  }

  /** For each figure that is null, why. */
  Map<String, String> reasons() {
    return Collections.unmodifiableMap(reasons);
  }
}
