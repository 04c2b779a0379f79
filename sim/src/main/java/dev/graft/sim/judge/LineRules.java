package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether the lines can be what somebody wrote down as it happened: times never fall, a call has a
 * number of its own and follows the answer to the one before it in its session, and nothing began
 * after it was written down.
 */
final class LineRules {
  private final History history;
  private final Findings findings;
  private final Map<Long, Integer> calls = new HashMap<>();

  /** By session: the call that was not answered yet. */
  private final Map<String, At<Event.Call>> open = new HashMap<>();

  private final Map<Long, String> sessions = new HashMap<>();

  LineRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    long time = 0;
    int before = 0;
    for (At<Event> at : history.lines()) {
      switch (at.event()) {
        // Told at the end, of what was long before.
        case Event.Logged logged -> {
          continue;
        }
        case Event.Origin origin -> {
          continue;
        }
        case Event.Call call -> begins(new At<>(at.line(), call));
        case Event.Told told -> open.remove(sessions.getOrDefault(told.call(), ""));
        case Event.Read read -> began(at.line(), read.began(), read.time());
        case Event.Dated dated -> began(at.line(), dated.began(), dated.time());
        case Event.Retain retain -> {}
        case Event.Gone gone -> {}
        case Event.Discarded given -> {}
        case Event.Standing standing -> {}
        case Event.Shown shown -> {}
        case Event.Claim claim -> {}
      }
      if (at.event().time() < time) {
        findings.add(Kind.HISTORY, "a line has an earlier time than one before", before, at.line());
      } else {
        time = at.event().time();
        before = at.line();
      }
    }
  }

  private void begins(At<Event.Call> at) {
    Event.Call call = at.event();
    Integer same = calls.putIfAbsent(call.call(), at.line());
    if (same != null) {
      findings.add(Kind.HISTORY, "call " + call.call() + " begins twice", same, at.line());
    }
    if (call instanceof Event.Commit commit) {
      began(at.line(), commit.began(), commit.time());
      same(at.line(), commit);
    }
    sessions.put(call.call(), call.session());
    At<Event.Call> unanswered = open.put(call.session(), at);
    if (unanswered != null) {
      findings.add(
          Kind.HISTORY,
          call.session()
              + " makes call "
              + call.call()
              + " before call "
              + unanswered.event().call()
              + " was answered",
          unanswered.line(),
          at.line());
    }
  }

  /** What is made anew under one name is the same work of the same client. */
  private void same(int line, Event.Commit commit) {
    List<At<Event.Commit>> attempts =
        history.attempts().getOrDefault(commit.transaction(), List.of());
    At<Event.Commit> first = attempts.isEmpty() ? new At<>(line, commit) : attempts.getFirst();
    boolean isSame =
        first.event().work().equals(commit.work())
            && first.event().client().equals(commit.client())
            && first.event().volume().equals(commit.volume());
    if (!isSame) {
      findings.add(
          Kind.HISTORY, commit.transaction() + " is another work than before", first.line(), line);
    }
  }

  private void began(int line, long began, long time) {
    if (began > time) {
      findings.add(Kind.HISTORY, "it began after it was written down", line);
    }
  }
}
