package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is said to wait on top of a snapshot was committed locally by this client and not refused,
 * is not in the log beneath it, stands in its order and on all that it was made on, and does not
 * come back when it waited no more.
 */
final class PendingRules {
  private record Place(String client, String volume) {}

  /** Transactions that wait, as one line says. */
  private record Pile(int line, long began, Place place, long lsn, List<String> pending) {}

  private final History history;
  private final Findings findings;

  /** When each transaction was first handed over. */
  private final Map<String, At<Event.Commit>> first = new HashMap<>();

  /** By client and volume: those that waited no more, and the line that shows it. */
  private final Map<Place, Map<String, At<Event.Standing>>> away = new HashMap<>();

  private final Map<Place, Set<String>> handedOver = new HashMap<>();
  private final Set<String> discarded = new HashSet<>();

  /** By client and volume: what lay directly on top of what, and the first line that shows it. */
  private final Map<Place, Map<Pair, Integer>> pairs = new HashMap<>();

  /** By client and volume: what each was directly on top of when it was first shown. */
  private final Map<Place, Map<String, String>> under = new HashMap<>();

  private record Pair(String below, String above) {}

  PendingRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    for (At<Event> at : history.lines()) {
      int line = at.line();
      switch (at.event()) {
        case Event.Commit commit -> {
          Place place = new Place(commit.client(), commit.volume());
          check(line, commit.began(), place, commit.view());
          first.putIfAbsent(commit.transaction(), new At<>(line, commit));
          handedOver.computeIfAbsent(place, unknown -> new HashSet<>()).add(commit.transaction());
        }
        case Event.Read read ->
            check(line, read.began(), place(read.session(), read.volume()), read.view());
        case Event.Discarded given -> discarded.addAll(given.transactions());
        case Event.Standing standing -> stands(new At<>(line, standing));
        default -> {}
      }
    }
  }

  private static Place place(String session, String volume) {
    return new Place(LandingRules.client(session), volume);
  }

  private void stands(At<Event.Standing> at) {
    Event.Standing standing = at.event();
    Place place = new Place(standing.client(), standing.volume());
    pile(new Pile(at.line(), standing.time(), place, standing.lsn(), standing.pending()));
    Map<String, At<Event.Standing>> gone = away.computeIfAbsent(place, unknown -> new HashMap<>());
    for (String name : handedOver.getOrDefault(place, Set.of())) {
      if (!standing.pending().contains(name)) {
        gone.putIfAbsent(name, at);
      }
    }
  }

  private void check(int line, long began, Place place, View view) {
    if (!view.pending().isEmpty()) {
      pile(new Pile(line, began, place, view.lsn(), view.pending()));
    }
  }

  private void pile(Pile pile) {
    String last = null;
    Set<String> names = new HashSet<>();
    for (String name : pile.pending) {
      At<Event.Commit> made = first.get(name);
      if (made == null) {
        findings.add(Kind.HISTORY, "nobody handed over " + name + ", which waits", pile.line);
      } else {
        single(pile, name, made);
        if (last != null) {
          follows(pile, last, name, made);
          stays(pile, last, name);
        }
        beneath(pile, names, name);
        last = name;
      }
      if (!names.add(name)) {
        findings.add(Kind.DOUBLED_COMMIT, name + " waits twice in " + pile.place.client, pile.line);
      }
    }
  }

  /** Looks at one of those that wait, whatever the others are. */
  private void single(Pile pile, String name, At<Event.Commit> made) {
    if (!made.event().client().equals(pile.place.client)) {
      findings.add(
          Kind.HISTORY,
          pile.place.client + " shows " + name + ", which another client made",
          made.line(),
          pile.line);
    }
    At<Event.Told> refusal = refusal(name, pile.line);
    if (refusal != null) {
      findings.add(
          Kind.UNASKED_COMMIT,
          name + " was refused, and waits in " + pile.place.client,
          made.line(),
          refusal.line(),
          pile.line);
    }
    for (At<Event.Logged> landed : history.landed(name)) {
      if (landed.event().volume().equals(pile.place.volume) && landed.event().lsn() <= pile.lsn) {
        findings.add(
            Kind.DOUBLED_COMMIT,
            name + " lies on top of commit " + pile.lsn + ", and beneath, in the log",
            pile.line,
            landed.line());
      }
    }
    At<Event.Standing> gone = away.getOrDefault(pile.place, Map.of()).get(name);
    if (gone != null && gone.event().time() < pile.began) {
      findings.add(
          Kind.UNASKED_COMMIT,
          name + " waited no more in " + pile.place.client + ", and waits again",
          made.line(),
          gone.line(),
          pile.line);
    }
  }

  /** The line that refused a transaction each time that it was handed over; null for none. */
  private @Nullable At<Event.Told> refusal(String name, int line) {
    At<Event.Told> refusal = null;
    for (At<Event.Commit> attempt : history.attempts().getOrDefault(name, List.of())) {
      At<Event.Told> answer = history.answer(attempt.event().call());
      boolean refused =
          answer != null
              && answer.line() < line
              && switch (answer.event().outcome()) {
                case CONFLICT, NOTHING -> true;
                case DONE, LOCAL, FORKED, UNKNOWN -> false;
              };
      if (!refused) {
        return null;
      }
      refusal = answer;
    }
    return refusal;
  }

  private void follows(Pile pile, String below, String name, At<Event.Commit> made) {
    At<Event.Commit> lower = first.get(below);
    At<Event.Told> safe = history.answer(made.event().call());
    boolean wasFirst =
        lower != null
            && safe != null
            && safe.event().outcome() == Event.Outcome.LOCAL
            && safe.line() < lower.line();
    if (wasFirst) {
      findings.add(
          Kind.LOCAL_ORDER,
          name + " was safe before " + below + " was made, and waits on top of it",
          made.line(),
          pile.line);
    }
  }

  /** Whatever was on top of another one stays there. */
  private void stays(Pile pile, String below, String name) {
    Map<Pair, Integer> known = pairs.computeIfAbsent(pile.place, unknown -> new HashMap<>());
    known.putIfAbsent(new Pair(below, name), pile.line);
    under.computeIfAbsent(pile.place, unknown -> new HashMap<>()).putIfAbsent(name, below);
    Integer other = known.get(new Pair(name, below));
    if (other != null) {
      findings.add(
          Kind.LOCAL_ORDER,
          name + " waited beneath " + below + ", and waits on top of it",
          other,
          pile.line);
    }
  }

  private void beneath(Pile pile, Set<String> names, String name) {
    At<Event.Commit> newest = history.attempt(name, pile.line);
    if (newest == null) {
      return;
    }
    Set<String> all = new LinkedHashSet<>(newest.event().view().pending());
    String known = under.getOrDefault(pile.place, Map.of()).get(name);
    if (known != null) {
      all.add(known);
    }
    for (String below : all) {
      boolean fits =
          names.contains(below)
              || discarded.contains(below)
              || history.landed(below).stream()
                  .map(At::event)
                  .anyMatch(landed ->
                      !landed.volume().equals(pile.place.volume) || landed.lsn() <= pile.lsn);
      if (!fits) {
        findings.add(
            Kind.LOCAL_ORDER,
            name + " waits without " + below + ", on which it lies",
            newest.line(),
            pile.line);
      }
    }
  }
}
