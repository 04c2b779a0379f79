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
 * A client sees what it committed locally: from the acknowledgement on, each snapshot that any of
 * its sessions pins, in later processes too, holds the commit, on top or in the log, until the
 * commit is given up.
 */
final class OwnCommitRules {
  private record Place(String client, String volume) {}

  /** Whose acknowledgements a snapshot must show. */
  private enum Reach {
    /** Those of the session that pins it. */
    SESSION,
    /** Those of all threads of the client, in processes before this one too. */
    CLIENT
  }

  private final History history;
  private final Findings findings;
  private final Map<Long, Event.Commit> open = new HashMap<>();

  /** The transactions that each client was told to be safe, with the line that told it. */
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
          // What nobody answers is done in the course of a push, on a head that may come to
          // nothing.
          boolean isAnswered = history.answer(commit.call()) != null;
          Place place = new Place(commit.client(), commit.volume());
          Reach reach = isAnswered ? Reach.CLIENT : Reach.SESSION;
          pinned(at.line(), place, commit.session(), reach, commit.began(), commit.view());
          open.put(commit.call(), commit);
        }
        case Event.Told told -> {
          Event.Commit commit = open.remove(told.call());
          if (commit != null && told.outcome() == Event.Outcome.LOCAL) {
            acknowledged
                .computeIfAbsent(
                    new Place(commit.client(), commit.volume()), place -> new ArrayList<>())
                .add(new At<>(at.line(), commit));
          }
        }
        case Event.Discarded given -> discarded.addAll(given.transactions());
        case Event.Read read -> {
          if (read.kind().equals("current")) {
            Place place = new Place(LandingRules.client(read.session()), read.volume());
            pinned(at.line(), place, read.session(), Reach.CLIENT, read.began(), read.view());
          }
        }
        default -> {}
      }
    }
  }

  private void pinned(int line, Place place, String session, Reach reach, long began, View view) {
    for (At<Event.Commit> own : acknowledged.getOrDefault(place, List.of())) {
      String transaction = own.event().transaction();
      // At one and the same time nobody knows what came first.
      boolean wasTold = history.lines().get(own.line() - 1).event().time() < began;
      boolean counts = reach == Reach.CLIENT || own.event().session().equals(session);
      if (wasTold
          && counts
          && !discarded.contains(transaction)
          && !isSeen(transaction, place, view)) {
        findings.add(
            Kind.REGRESSION,
            own.event().session()
                + " committed "
                + transaction
                + " locally, and then "
                + session
                + " read commit "
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
