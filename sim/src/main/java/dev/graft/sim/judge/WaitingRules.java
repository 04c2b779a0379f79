package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * What a client was told to be safe in its folder: in a log, or waiting wherever the client shows
 * what it holds, or given up; and in its order.
 */
final class WaitingRules {
  /** A local commit, and the line that told it to be safe. */
  private record Safe(At<Event.Commit> made, int told) {
    String name() {
      return made.event().transaction();
    }
  }

  /** A commit, and which of its transactions. */
  private record Landed(At<Event.Logged> at, int index) {
    static final Comparator<Landed> ORDER =
        Comparator.comparingLong((Landed landed) -> landed.at.event().lsn())
            .thenComparingInt(Landed::index);
  }

  private final History history;
  private final Findings findings;

  WaitingRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    Map<String, List<Safe>> local = new HashMap<>();
    for (At<Event> at : history.lines()) {
      if (at.event() instanceof Event.Commit commit) {
        At<Event.Told> answer = history.answer(commit.call());
        if (answer != null && answer.event().outcome() == Event.Outcome.LOCAL) {
          local
              .computeIfAbsent(commit.client(), name -> new ArrayList<>())
              .add(new Safe(new At<>(at.line(), commit), answer.line()));
        }
      }
    }
    if (local.isEmpty()) {
      return;
    }
    Map<String, List<At<Event.Logged>>> worksLanded = worksLanded();
    local.forEach((client, commits) -> {
      order(client, commits);
      for (Safe safe : commits) {
        String work = safe.made.event().work();
        waits(client, safe, worksLanded.getOrDefault(work, List.of()));
      }
    });
  }

  private Map<String, List<At<Event.Logged>>> worksLanded() {
    Map<String, List<At<Event.Logged>>> landed = new HashMap<>();
    history
        .attempts()
        .forEach((transaction, attempts) -> {
          for (At<Event.Commit> attempt : attempts) {
            landed
                .computeIfAbsent(attempt.event().work(), name -> new ArrayList<>())
                .addAll(history.landed(transaction));
          }
        });
    return landed;
  }

  /** What was safe before another one was handed over lies before that one. */
  private void order(String client, List<Safe> commits) {
    List<Safe> byAnswer = new ArrayList<>(commits);
    byAnswer.sort(Comparator.comparingInt(Safe::told));
    Map<String, Landed> newest = new HashMap<>();
    int answered = 0;
    for (Safe safe : commits) {
      for (; answered < byAnswer.size(); answered++) {
        Safe before = byAnswer.get(answered);
        if (before.told > safe.made.line()) {
          break;
        }
        for (Landed place : places(before)) {
          newest.merge(place.at.event().volume(), place, BinaryOperator.maxBy(Landed.ORDER));
        }
      }
      for (Landed place : places(safe)) {
        Landed before = newest.get(place.at.event().volume());
        if (before != null && Landed.ORDER.compare(place, before) < 0) {
          findings.add(
              Kind.LOCAL_ORDER,
              safe.name() + " came before its forerunner in " + client,
              safe.made.line(),
              before.at.line(),
              place.at.line());
        }
      }
    }
  }

  private List<Landed> places(Safe safe) {
    return history.landed(safe.name()).stream()
        .map(at -> new Landed(at, at.event().transactions().indexOf(safe.name())))
        .toList();
  }

  /**
   * Follows a commit through all that its client shows, until it is given up.
   *
   * @param places where its work lies in logs
   */
  private void waits(String client, Safe safe, List<At<Event.Logged>> places) {
    Event.Commit commit = safe.made.event();
    Set<String> names = new HashSet<>(Set.of(safe.name()));
    boolean isShown = false;
    for (At<Event> at : history.lines().subList(safe.made.line(), history.lines().size())) {
      switch (at.event()) {
        case Event.Commit again -> {
          if (again.work().equals(commit.work())) {
            names.add(again.transaction());
          }
        }
        case Event.Discarded discarded -> {
          if (discarded.client().equals(client)
              && discarded.transactions().stream().anyMatch(names::contains)) {
            return;
          }
        }
        case Event.Standing standing -> {
          boolean mine =
              at.line() > safe.told
                  && standing.client().equals(client)
                  && standing.volume().equals(commit.volume());
          isShown |= mine;
          if (mine && !holds(standing, names, places)) {
            lost(safe, client, at.line());
            return;
          }
        }
        default -> {}
      }
    }
    if (!isShown && places.isEmpty()) {
      findings.add(
          Kind.LOST_LOCAL_COMMIT,
          safe.name()
              + " was safe in the folder of "
              + client
              + ", is in no log, and nothing says later what the folder holds",
          safe.made.line(),
          safe.told);
    }
  }

  /** Whether a client has a commit, on top or beneath it; what went to a fork is gone from it. */
  private static boolean holds(
      Event.Standing standing, Set<String> names, List<At<Event.Logged>> places) {
    return standing.pending().stream().anyMatch(names::contains)
        || places.stream()
            .map(At::event)
            .anyMatch(place ->
                !place.volume().equals(standing.volume()) || place.lsn() <= standing.lsn());
  }

  private void lost(Safe safe, String client, int line) {
    findings.add(
        Kind.LOST_LOCAL_COMMIT,
        safe.name()
            + " was safe in the folder of "
            + client
            + ", and is neither there nor in the log beneath",
        safe.made.line(),
        line);
  }
}
