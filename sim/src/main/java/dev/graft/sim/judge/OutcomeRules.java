package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.List;

/** What clients were told is so, for ever. */
final class OutcomeRules {
  private final History history;
  private final Findings findings;

  OutcomeRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    for (At<Event> at : history.lines()) {
      if (at.event() instanceof Event.Call call) {
        At<Event.Told> answer = history.answer(call.call());
        if (answer == null) {
          continue;
        }
        switch (call) {
          case Event.Commit commit -> one(commit.transaction(), commit.volume(), at.line(), answer);
          case Event.Revert revert -> one(revert.transaction(), revert.volume(), at.line(), answer);
          case Event.Push push -> pushed(push, at.line(), answer);
          case Event.Fork fork -> forked(fork, at.line(), answer);
          case Event.Pull pull -> pulled(pull, at.line(), answer);
        }
      }
    }
    new WaitingRules(history, findings).check();
    new PendingRules(history, findings).check();
    new LandingRules(history, findings).check();
    new KnowingRules(history, findings).check();
  }

  private void one(String transaction, String volume, int line, At<Event.Told> answer) {
    List<At<Event.Logged>> places = history.landed(transaction);
    long lsn = answer.event().lsn();
    switch (answer.event().outcome()) {
      case DONE -> {
        if (!LogRules.isAt(places, volume, lsn)) {
          findings.add(
              Kind.LOST_COMMIT,
              transaction
                  + " was acknowledged as commit "
                  + lsn
                  + " of "
                  + volume
                  + ", which the log does not hold there",
              line,
              answer.line());
        }
      }
      case CONFLICT, NOTHING -> {
        if (!places.isEmpty()) {
          findings.add(
              Kind.UNASKED_COMMIT,
              transaction
                  + " was refused, and is in the log as "
                  + LogRules.name(places.getFirst()),
              line,
              answer.line(),
              places.getFirst().line());
        }
      }
      case LOCAL, FORKED, UNKNOWN -> {}
    }
  }

  private void pulled(Event.Pull pull, int line, At<Event.Told> answer) {
    long lsn = answer.event().lsn();
    boolean isTold = answer.event().outcome() == Event.Outcome.DONE && lsn > 0;
    if (isTold && history.logged(pull.volume(), lsn) == null) {
      findings.add(
          Kind.LOST_COMMIT,
          pull.session()
              + " was told that it stands on commit "
              + lsn
              + " of "
              + pull.volume()
              + ", which is not there",
          line,
          answer.line());
    }
  }

  private void pushed(Event.Push push, int line, At<Event.Told> answer) {
    Event.Outcome outcome = answer.event().outcome();
    if (outcome != Event.Outcome.DONE && outcome != Event.Outcome.FORKED) {
      return;
    }
    boolean forked = outcome == Event.Outcome.FORKED;
    long told = answer.event().lsn();
    for (String transaction : push.transactions()) {
      boolean isLast = transaction.equals(push.transactions().getLast());
      boolean there =
          history.landed(transaction).stream()
              .map(At::event)
              .filter(place -> isPlace(place, push.volume(), forked))
              .anyMatch(place -> isLast ? place.lsn() == told : place.lsn() <= told);
      if (!there) {
        findings.add(
            Kind.LOST_COMMIT,
            transaction
                + " was pushed"
                + (forked ? " to a fork" : "")
                + " up to commit "
                + told
                + ", and no log holds it there",
            line,
            answer.line());
      }
    }
  }

  private boolean isPlace(Event.Logged place, String volume, boolean forked) {
    if (!forked) {
      return place.volume().equals(volume);
    }
    At<Event.Origin> origin = history.origin(place.volume());
    return origin != null && origin.event().parent().equals(volume);
  }

  private void forked(Event.Fork fork, int line, At<Event.Told> answer) {
    if (answer.event().outcome() != Event.Outcome.DONE) {
      return;
    }
    At<Event.Origin> origin = history.origin(fork.child());
    boolean right =
        origin != null
            && origin.event().parent().equals(fork.volume())
            && origin.event().lsn() == fork.lsn();
    if (!right) {
      findings.add(
          Kind.FORK_POINT,
          fork.child()
              + " was to begin as commit "
              + fork.lsn()
              + " of "
              + fork.volume()
              + ", and does not",
          line,
          answer.line());
    }
  }
}
