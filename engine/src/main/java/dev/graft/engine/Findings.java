package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a doctor has found so far, in the order in which it was found. Safe for many threads. */
final class Findings {
  /** More are not told: one damaged map may name thousands of frames that are not there. */
  static final int MAX = 1_000;

  private static final Pattern BYTE = Pattern.compile("\\bbyte (\\d+)");

  /** Guarded by this. */
  private final List<Doctor.Finding> found = new ArrayList<>();

  synchronized void add(String object, String problem) {
    Matcher at = BYTE.matcher(problem);
    Doctor.Finding finding =
        new Doctor.Finding(object, at.find() ? Long.parseLong(at.group(1)) : -1, problem);
    if (found.size() < MAX && !found.contains(finding)) {
      found.add(finding);
    }
  }

  void add(ObjectKey key, String problem) {
    add(key.value(), problem);
  }

  /** Does the work; what it cannot prove, find or understand is a finding about the object. */
  <T> Optional<T> check(ObjectKey key, Supplier<T> work) {
    try {
      return Optional.of(work.get());
    } catch (GraftException.Corrupt
        | GraftException.NotFound
        | GraftException.Misuse
        | GraftException.Limit e) {
      add(key, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  synchronized List<Doctor.Finding> all() {
    return List.copyOf(found);
  }
}
