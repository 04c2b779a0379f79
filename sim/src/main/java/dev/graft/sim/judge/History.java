package dev.graft.sim.judge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The lines of a history, and where to find what they say. */
final class History {
  /** An event and the number of its line, from 1. */
  record At<E extends Event>(int line, E event) {}

  private final List<At<Event>> lines = new ArrayList<>();
  private final Map<Long, At<Event.Told>> answers = new HashMap<>();
  private final Map<String, List<At<Event.Commit>>> attempts = new LinkedHashMap<>();
  private final Map<String, At<Event.Revert>> reverts = new HashMap<>();
  private final Map<String, NavigableMap<Long, At<Event.Logged>>> logs = new TreeMap<>();
  private final Map<String, At<Event.Origin>> origins = new HashMap<>();
  private final Map<String, List<At<Event.Logged>>> landed = new HashMap<>();
  private final Map<String, List<At<Event.Push>>> pushes = new HashMap<>();

  /** Indexes the lines; what cannot be is a finding. */
  static History of(Iterable<String> lines, Findings findings) {
    History history = new History();
    int number = 0;
    for (String line : lines) {
      number++;
      try {
        history.add(number, EventReader.event(line), findings);
      } catch (IllegalArgumentException e) {
        findings.add(Violation.Kind.HISTORY, "a line is no event: " + e.getMessage(), number);
      }
    }
    return history;
  }

  private void add(int line, Event event, Findings findings) {
    lines.add(new At<>(line, event));
    switch (event) {
      case Event.Told told -> {
        At<Event.Told> before = answers.putIfAbsent(told.call(), new At<>(line, told));
        if (before != null) {
          findings.add(
              Violation.Kind.HISTORY,
              "call " + told.call() + " is answered twice",
              before.line(),
              line);
        }
      }
      case Event.Commit commit ->
          attempts
              .computeIfAbsent(commit.transaction(), name -> new ArrayList<>())
              .add(new At<>(line, commit));
      case Event.Revert revert -> reverts.put(revert.transaction(), new At<>(line, revert));
      case Event.Push push ->
          push.transactions()
              .forEach(name ->
                  pushes
                      .computeIfAbsent(name, unknown -> new ArrayList<>())
                      .add(new At<>(line, push)));
      case Event.Logged logged -> add(new At<>(line, logged), findings);
      case Event.Origin origin -> origins.put(origin.volume(), new At<>(line, origin));
      default -> {}
    }
  }

  private void add(At<Event.Logged> at, Findings findings) {
    Event.Logged logged = at.event();
    At<Event.Logged> before =
        logs.computeIfAbsent(logged.volume(), name -> new TreeMap<>())
            .putIfAbsent(logged.lsn(), at);
    if (before != null) {
      findings.add(
          Violation.Kind.HOLE,
          "commit " + logged.lsn() + " of " + logged.volume() + " stands in the log twice",
          before.line(),
          at.line());
      return;
    }
    for (String transaction : logged.transactions()) {
      landed.computeIfAbsent(transaction, name -> new ArrayList<>()).add(at);
    }
  }

  List<At<Event>> lines() {
    return lines;
  }

  @Nullable At<Event.Told> answer(long call) {
    return answers.get(call);
  }

  Map<String, List<At<Event.Commit>>> attempts() {
    return attempts;
  }

  /** The newest content of a transaction before a line; null when nobody handed it over. */
  @Nullable At<Event.Commit> attempt(String transaction, int beforeLine) {
    At<Event.Commit> newest = null;
    for (At<Event.Commit> attempt : attempts.getOrDefault(transaction, List.of())) {
      if (attempt.line() < beforeLine) {
        newest = attempt;
      }
    }
    return newest;
  }

  @Nullable At<Event.Revert> revert(String transaction) {
    return reverts.get(transaction);
  }

  Map<String, NavigableMap<Long, At<Event.Logged>>> logs() {
    return logs;
  }

  @Nullable At<Event.Logged> logged(String volume, long lsn) {
    NavigableMap<Long, At<Event.Logged>> log = logs.get(volume);
    return log == null ? null : log.get(lsn);
  }

  /** The commits of a log between two LSNs, neither of them included. */
  Collection<At<Event.Logged>> logged(String volume, long after, long before) {
    NavigableMap<Long, At<Event.Logged>> log = logs.get(volume);
    return log == null || after >= before
        ? List.of()
        : log.subMap(after, false, before, false).values();
  }

  @Nullable At<Event.Origin> origin(String volume) {
    return origins.get(volume);
  }

  /** Where a transaction lies in logs; should be one place at most. */
  List<At<Event.Logged>> landed(String transaction) {
    return landed.getOrDefault(transaction, List.of());
  }

  Map<String, List<At<Event.Logged>>> landed() {
    return landed;
  }

  /** The pushes that were to bring a transaction to the store. */
  List<At<Event.Push>> pushes(String transaction) {
    return pushes.getOrDefault(transaction, List.of());
  }
}
