package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Only what somebody had asked to give up is gone, and the head never is. What a fork shows of its
 * parent is its own: nothing that its parent gives up is gone from it.
 */
final class GoneRules {
  /** So much may the clocks lie apart by which commits and the age of history are told. */
  private static final long CLOCKS = Duration.ofHours(1).toNanos();

  private final History history;
  private final Findings findings;

  /** By volume: what was asked to be given up so far. */
  private final Map<String, List<Event.Retain>> retains = new HashMap<>();

  /** About what commits carry as the time when the history begins; clocks differ. */
  private final long epoch;

  GoneRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
    // A commit carries the time of a moment before it lands, and some land at once.
    this.epoch =
        history.logs().values().stream()
            .flatMap(log -> log.values().stream())
            .map(At::event)
            .filter(logged -> logged.time() >= 0 && logged.commitTime() >= 0)
            .mapToLong(logged -> logged.commitTime() - logged.time())
            .max()
            .orElse(Long.MAX_VALUE / 2);
  }

  void check() {
    for (At<Event> at : history.lines()) {
      switch (at.event()) {
        case Event.Retain retain ->
            retains.computeIfAbsent(retain.volume(), unknown -> new ArrayList<>()).add(retain);
        case Event.Gone gone -> gone(at.line(), gone);
        default -> {}
      }
    }
  }

  private void gone(int line, Event.Gone gone) {
    long lsn = gone.lsn() >= 0 ? gone.lsn() : newestOf(gone.volume(), gone.asked());
    At<Event.Logged> next = lsn == Long.MAX_VALUE ? null : history.logged(gone.volume(), lsn + 1);
    if (next == null || next.event().time() > gone.time()) {
      found(line, gone, lsn, ", which was the newest one");
    } else if (retains.getOrDefault(gone.volume(), List.of()).stream()
        .noneMatch(retain -> givesUp(retain, next.event(), gone.time()))) {
      found(line, gone, lsn, ", and nobody had asked to give that up");
    }
  }

  /** Whether what lies before a commit may be gone by then. */
  private boolean givesUp(Event.Retain retain, Event.Logged next, long time) {
    return retain.below() >= 0
        ? next.lsn() <= retain.below()
        : retain.age() - CLOCKS <= time + epoch - next.commitTime();
  }

  /** The last commit that is not younger; 0 when there is none. */
  private long newestOf(String volume, long asked) {
    long newest = 0;
    @Nullable Map<Long, At<Event.Logged>> log = history.logs().get(volume);
    if (log != null) {
      for (At<Event.Logged> at : log.values()) {
        if (at.event().commitTime() <= asked) {
          newest = at.event().lsn();
        }
      }
    }
    return newest;
  }

  private void found(int line, Event.Gone gone, long lsn, String why) {
    findings.add(
        Kind.HISTORY_GONE,
        gone.session() + " was told that commit " + lsn + " of " + gone.volume() + " is gone" + why,
        line);
  }
}
