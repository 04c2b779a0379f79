package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A session sees what it committed locally: from the acknowledgement on, each snapshot that it pins
 * holds the commit, on top or in the log, until the commit is given up.
 */
final class OwnCommitRules {
  private record Place(String session, String volume) {}

  private final History history;
  private final Findings findings;
  private final Map<Long, Event.Commit> open = new HashMap<>();

  /** The transactions that each session was told to be safe, with the line that told it. */
  private final Map<Place, List<At<Event.Commit>>> acknowledged = new HashMap<>();

  private final Set<String> discarded = new HashSet<>();

  OwnCommitRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    for (At<Event> at : history.lines()) {
      switch (at.event()) {
        case Event.Commit commit -> {
          pinned(
              at.line(),
              new Place(commit.session(), commit.volume()),
              commit.began(),
              commit.view());
          open.put(commit.call(), commit);
        }
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
            pinned(at.line(), new Place(read.session(), read.volume()), read.began(), read.view());
          }
        }
        default -> {}
      }
    }
  }

  private void pinned(int line, Place place, long began, View view) {
    for (At<Event.Commit> own : acknowledged.getOrDefault(place, List.of())) {
      String transaction = own.event().transaction();
      // At one and the same time nobody knows what came first.
      boolean wasTold = history.lines().get(own.line() - 1).event().time() < began;
      if (wasTold && !discarded.contains(transaction) && !isSeen(transaction, place, view)) {
        findings.add(
            Kind.REGRESSION,
            place.session()
                + " committed "
                + transaction
                + " locally, and then read commit "
                + view.lsn()
                + view.pending()
                + " without it",
            own.line(),
            line);
      }
    }
  }

  private boolean isSeen(String transaction, Place place, View view) {
    return view.pending().contains(transaction)
        || history.landed(transaction).stream()
            .map(At::event)
            // What went to a fork is not in this volume any more.
            .anyMatch(
                landed -> !landed.volume().equals(place.volume()) || landed.lsn() <= view.lsn());
  }
}
