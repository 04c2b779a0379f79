package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Nothing lands before it is asked for, or unasked; and a session sees its own local commits. */
final class LandingRules {
  private final History history;
  private final Findings findings;

  /** By client and volume: pushes that may have brought something to the store. */
  private final Map<Place, List<At<Event.Push>>> pushes = new HashMap<>();

  private record Place(String owner, String volume) {}

  LandingRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    for (At<Event> at : history.lines()) {
      if (at.event() instanceof Event.Push push && mayLand(push)) {
        pushes
            .computeIfAbsent(
                new Place(client(push.session()), push.volume()), place -> new ArrayList<>())
            .add(new At<>(at.line(), push));
      }
    }
    history
        .attempts()
        .forEach((transaction, attempts) -> {
          Event.Commit first = attempts.getFirst().event();
          notBefore(transaction, first.time(), attempts.getFirst().line());
          boolean isLocal =
              attempts.stream()
                  .allMatch(made -> made.event().durability() == Event.Durability.LOCAL);
          if (isLocal) {
            pushed(transaction, attempts.getFirst());
          }
        });
    ownLocalCommits();
  }

  private void notBefore(String transaction, long time, int line) {
    for (At<Event.Logged> place : history.landed(transaction)) {
      if (place.event().time() >= 0 && place.event().time() < time) {
        findings.add(
            Kind.REAL_TIME,
            transaction + " landed as " + LogRules.name(place) + " before it was handed over",
            line,
            place.line());
      }
    }
  }

  /** What was committed locally comes to the store by a push of its client, or never. */
  private void pushed(String transaction, At<Event.Commit> made) {
    List<At<Event.Logged>> places = history.landed(transaction);
    if (places.isEmpty()) {
      return;
    }
    Place place = new Place(made.event().client(), made.event().volume());
    boolean asked =
        pushes.getOrDefault(place, List.of()).stream()
            .anyMatch(push -> endsAfter(push.event(), made.line()));
    if (!asked) {
      findings.add(
          Kind.UNASKED_COMMIT,
          transaction
              + " was committed locally, no push may have brought it to the store, and it is in the"
              + " log as "
              + LogRules.name(places.getFirst()),
          made.line(),
          places.getFirst().line());
    }
  }

  private boolean mayLand(Event.Push push) {
    At<Event.Told> answer = history.answer(push.call());
    return answer == null
        || switch (answer.event().outcome()) {
          case DONE, FORKED, UNKNOWN, LOCAL -> true;
          case CONFLICT, NOTHING -> false;
        };
  }

  private boolean endsAfter(Event.Push push, int line) {
    At<Event.Told> answer = history.answer(push.call());
    // One that was cut off may be ended by any later look at what waits.
    return answer == null
        || answer.event().outcome() == Event.Outcome.UNKNOWN
        || answer.line() > line;
  }

  /** A session's name begins with its client's. */
  private static String client(String session) {
    int dot = session.indexOf('.');
    return dot < 0 ? session : session.substring(0, dot);
  }

  private void ownLocalCommits() {
    Map<Long, Event.Commit> open = new HashMap<>();
    Map<Place, List<At<Event.Commit>>> acknowledged = new HashMap<>();
    Set<String> discarded = new HashSet<>();
    for (At<Event> at : history.lines()) {
      switch (at.event()) {
        case Event.Commit commit -> open.put(commit.call(), commit);
        case Event.Told told -> {
          Event.Commit commit = open.remove(told.call());
          if (commit != null && told.outcome() == Event.Outcome.LOCAL) {
            acknowledged
                .computeIfAbsent(
                    new Place(commit.session(), commit.volume()), place -> new ArrayList<>())
                .add(new At<>(at.line(), commit));
          }
        }
        case Event.Discarded given -> discarded.addAll(given.transactions());
        case Event.Read read -> {
          if (read.kind().equals("current")) {
            for (At<Event.Commit> own :
                acknowledged.getOrDefault(new Place(read.session(), read.volume()), List.of())) {
              if (!discarded.contains(own.event().transaction())) {
                sees(at.line(), read, own);
              }
            }
          }
        }
        default -> {}
      }
    }
  }

  private void sees(int line, Event.Read read, At<Event.Commit> own) {
    String transaction = own.event().transaction();
    // What went to a fork is not in this volume any more.
    boolean isThere =
        read.view().pending().contains(transaction)
            || history.landed(transaction).stream()
                .map(At::event)
                .anyMatch(place ->
                    !place.volume().equals(read.volume()) || place.lsn() <= read.view().lsn());
    boolean wasTold = history.lines().get(own.line() - 1).event().time() <= read.began();
    if (!isThere && wasTold) {
      findings.add(
          Kind.REGRESSION,
          read.session()
              + " committed "
              + transaction
              + " locally, and then read commit "
              + read.view().lsn()
              + read.view().pending()
              + " without it",
          own.line(),
          line);
    }
  }
}
