package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Nobody is told of a commit, or stands on one, before it has landed. */
final class KnowingRules {
  private final History history;
  private final Findings findings;
  private final Map<Long, Event.Call> calls = new HashMap<>();

  KnowingRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    for (At<Event> at : history.lines()) {
      int line = at.line();
      switch (at.event()) {
        case Event.Commit commit -> {
          calls.put(commit.call(), commit);
          stands(line, commit.time(), commit.session(), commit.volume(), commit.view().lsn());
        }
        case Event.Revert revert -> {
          calls.put(revert.call(), revert);
          stands(line, revert.time(), revert.session(), revert.volume(), revert.view().lsn());
        }
        case Event.Call call -> calls.put(call.call(), call);
        case Event.Told told -> told(line, told);
        case Event.Read read ->
            stands(line, read.time(), read.session(), read.volume(), read.view().lsn());
        case Event.Dated dated ->
            stands(line, dated.time(), dated.session(), dated.volume(), dated.lsn());
        case Event.Standing standing ->
            stands(line, standing.time(), standing.session(), standing.volume(), standing.lsn());
        case Event.Shown shown ->
            stands(line, shown.time(), shown.connection(), shown.volume(), shown.view().lsn());
        default -> {}
      }
    }
  }

  private void told(int line, Event.Told told) {
    Event.Call call = calls.get(told.call());
    if (call == null) {
      return;
    }
    if (call instanceof Event.Push push) {
      switch (told.outcome()) {
        case DONE, FORKED ->
            push.transactions().stream()
                .map(history::landed)
                .flatMap(List::stream)
                .forEach(landed -> after(line, told.time(), push.session(), landed));
        case LOCAL, CONFLICT, NOTHING, UNKNOWN -> {}
      }
    }
    if (told.outcome() == Event.Outcome.DONE) {
      String volume = call instanceof Event.Fork fork ? fork.child() : call.volume();
      stands(line, told.time(), call.session(), volume, told.lsn());
    }
  }

  private void stands(int line, long time, String session, String volume, long lsn) {
    after(line, time, session, history.logged(volume, lsn));
  }

  private void after(int line, long time, String session, @Nullable At<Event.Logged> landed) {
    if (landed != null && landed.event().time() > time) {
      findings.add(
          Kind.REAL_TIME,
          session + " knew " + LogRules.name(landed) + " before it landed",
          line,
          landed.line());
    }
  }
}
