package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/** What a log must look like, whatever its commits say. */
final class LogRules {
  /** A commit lands so long after the making of its oldest new segment, or never. */
  private static final long SEGMENT_LIFE_NANOS = Duration.ofHours(24).toNanos();

  private final History history;
  private final Findings findings;

  LogRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    history.logs().forEach(this::order);
    for (At<Event> at : history.lines()) {
      if (at.event() instanceof Event.Dated dated) {
        dated(at.line(), dated);
      }
    }
    Map<String, At<Event.Logged>> works = new HashMap<>();
    history
        .landed()
        .forEach((transaction, places) -> {
          for (At<Event.Logged> place : places) {
            At<Event.Logged> before = works.putIfAbsent(work(transaction), place);
            if (before != null) {
              findings.add(
                  Kind.DOUBLED_COMMIT,
                  work(transaction)
                      + " is in the log at "
                      + name(before)
                      + " and at "
                      + name(place),
                  before.line(),
                  place.line());
            }
          }
          if (!isKnown(transaction)) {
            findings.add(
                Kind.UNASKED_COMMIT,
                transaction + " is in the log, and nobody handed it over",
                places.getFirst().line());
          }
        });
  }

  private String work(String transaction) {
    At<Event.Commit> attempt = history.attempt(transaction, Integer.MAX_VALUE);
    return attempt == null ? transaction : attempt.event().work();
  }

  private boolean isKnown(String transaction) {
    return history.attempts().containsKey(transaction) || history.revert(transaction) != null;
  }

  static String name(At<Event.Logged> at) {
    return "commit " + at.event().lsn() + " of " + at.event().volume();
  }

  private void order(String volume, NavigableMap<Long, At<Event.Logged>> log) {
    long expected = 1;
    At<Event.Logged> before = null;
    for (At<Event.Logged> at : log.values()) {
      Event.Logged logged = at.event();
      if (logged.lsn() != expected) {
        findings.add(
            Kind.HOLE,
            "commit " + expected + " of " + volume + " is missing before " + logged.lsn(),
            at.line());
      }
      expected = logged.lsn() + 1;
      if (before != null) {
        follows(before, at);
      }
      if (logged.oldestSegment() >= 0
          && logged.time() > logged.oldestSegment() + SEGMENT_LIFE_NANOS) {
        findings.add(
            Kind.OUTLIVED_SEGMENT,
            name(at)
                + " landed "
                + Duration.ofNanos(logged.time() - logged.oldestSegment())
                + " after the oldest segment that it names was made",
            at.line());
      }
      before = at;
    }
  }

  private void follows(At<Event.Logged> before, At<Event.Logged> at) {
    long landed = at.event().time();
    if (landed >= 0 && before.event().time() > landed) {
      findings.add(
          Kind.HOLE,
          name(at) + " landed before commit " + before.event().lsn() + " was there",
          before.line(),
          at.line());
    }
    long carried = at.event().commitTime();
    if (carried >= 0 && before.event().commitTime() > carried) {
      findings.add(
          Kind.COMMIT_TIME,
          name(at) + " carries an earlier time than its parent",
          before.line(),
          at.line());
    }
  }

  /** What was the head at a time carries that time or an earlier one, and the next a later one. */
  private void dated(int line, Event.Dated dated) {
    At<Event.Logged> given = history.logged(dated.volume(), dated.lsn());
    if (given == null && dated.lsn() > 0) {
      findings.add(
          Kind.LOST_COMMIT,
          dated.session()
              + " asked for a time and was given commit "
              + dated.lsn()
              + " of "
              + dated.volume()
              + ", which is not there",
          line);
    }
    if (given != null && given.event().commitTime() > dated.asked()) {
      findings.add(
          Kind.COMMIT_TIME,
          dated.session() + " asked for an earlier time and was given " + name(given),
          line,
          given.line());
    }
    At<Event.Logged> next = history.logged(dated.volume(), dated.lsn() + 1);
    boolean wasThere = next != null && next.event().time() < dated.began();
    if (next != null && wasThere && next.event().commitTime() <= dated.asked()) {
      findings.add(
          Kind.COMMIT_TIME,
          dated.session()
              + " asked for a time and was given commit "
              + dated.lsn()
              + ", and "
              + name(next)
              + " was no younger and known",
          line,
          next.line());
    }
  }

  /** Which of the places of a transaction are in the volume. */
  static boolean isAt(List<At<Event.Logged>> places, String volume, long lsn) {
    return places.stream()
        .anyMatch(place -> place.event().volume().equals(volume) && place.event().lsn() == lsn);
  }
}
