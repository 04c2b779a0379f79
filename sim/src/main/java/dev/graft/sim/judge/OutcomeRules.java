package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What clients were told is so, for ever. */
final class OutcomeRules {
  private final History history;
  private final Findings findings;

  OutcomeRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    Map<String, List<At<Event.Commit>>> local = new HashMap<>();
    for (At<Event> at : history.lines()) {
      if (at.event() instanceof Event.Call call) {
        At<Event.Told> answer = history.answer(call.call());
        if (answer == null) {
          continue;
        }
        switch (call) {
          case Event.Commit commit -> {
            one(commit.transaction(), commit.volume(), at.line(), answer);
            if (answer.event().outcome() == Event.Outcome.LOCAL) {
              local
                  .computeIfAbsent(commit.client(), name -> new ArrayList<>())
                  .add(new At<>(answer.line(), commit));
            }
          }
          case Event.Revert revert -> one(revert.transaction(), revert.volume(), at.line(), answer);
          case Event.Push push -> pushed(push, at.line(), answer);
          case Event.Fork fork -> forked(fork, at.line(), answer);
          case Event.Pull pull -> pulled(pull, at.line(), answer);
        }
      }
    }
    local.forEach(this::durable);
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

  /**
   * Local commits of one client: in a log, or waiting wherever the client shows what it holds, or
   * given up; and in their order.
   */
  private void durable(String client, List<At<Event.Commit>> commits) {
    Map<String, List<At<Event.Logged>>> worksLanded = new HashMap<>();
    history
        .attempts()
        .forEach((transaction, attempts) -> {
          for (At<Event.Commit> attempt : attempts) {
            worksLanded
                .computeIfAbsent(attempt.event().work(), name -> new ArrayList<>())
                .addAll(history.landed(transaction));
          }
        });
    At<Event.Logged> before = null;
    for (At<Event.Commit> commit : commits) {
      List<At<Event.Logged>> places = worksLanded.getOrDefault(commit.event().work(), List.of());
      if (places.isEmpty()) {
        waits(client, commit);
        continue;
      }
      At<Event.Logged> place = places.getFirst();
      boolean same = before != null && before.event().volume().equals(place.event().volume());
      if (before != null && same && before.event().lsn() > place.event().lsn()) {
        findings.add(
            Kind.LOCAL_ORDER,
            commit.event().transaction() + " came before its forerunner in " + client,
            commit.line(),
            before.line(),
            place.line());
      }
      before = place;
    }
  }

  private void waits(String client, At<Event.Commit> commit) {
    String name = commit.event().transaction();
    Set<String> names = new HashSet<>(Set.of(name));
    for (At<Event> at : history.lines().subList(commit.line(), history.lines().size())) {
      switch (at.event()) {
        case Event.Commit again -> {
          if (again.work().equals(commit.event().work())) {
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
              standing.client().equals(client) && standing.volume().equals(commit.event().volume());
          if (mine && standing.pending().stream().noneMatch(names::contains)) {
            findings.add(
                Kind.LOST_LOCAL_COMMIT,
                name
                    + " was safe in the folder of "
                    + client
                    + ", and is neither there nor in a log",
                commit.line(),
                at.line());
            return;
          }
        }
        default -> {}
      }
    }
  }
}
