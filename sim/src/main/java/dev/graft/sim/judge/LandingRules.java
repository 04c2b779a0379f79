package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nothing lands before it is asked for, or unasked. */
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
}
