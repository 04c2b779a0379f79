package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * No change counter is shown in one process for two snapshots of a volume: SQLite keeps its cache
 * while the counter stays, and would keep the wrong pages.
 */
final class CounterRules {
  private record Number(String process, String volume, long number) {}

  private record Snapshot(long lsn, List<String> pending) {}

  private final History history;
  private final Findings findings;

  CounterRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    Map<Number, At<Event.Shown>> first = new HashMap<>();
    for (At<Event> at : history.lines()) {
      if (at.event() instanceof Event.Shown shown) {
        At<Event.Shown> mine = new At<>(at.line(), shown);
        At<Event.Shown> before =
            first.putIfAbsent(new Number(shown.process(), shown.volume(), shown.number()), mine);
        if (before != null && !isSame(shown.volume(), snapshot(before), snapshot(mine))) {
          findings.add(
              Kind.EQUAL_COUNTERS,
              "change counter "
                  + shown.number()
                  + " of "
                  + shown.volume()
                  + " was shown in "
                  + shown.process()
                  + " for "
                  + snapshot(before)
                  + " and for "
                  + snapshot(mine),
              before.line(),
              at.line());
        }
      }
    }
  }

  /** A push that brings exactly what lay here changes the place of a snapshot, not its content. */
  private boolean isSame(String volume, Snapshot one, Snapshot other) {
    if (one.lsn() > other.lsn()) {
      return isSame(volume, other, one);
    }
    List<String> later = new ArrayList<>();
    for (long lsn = one.lsn() + 1; lsn <= other.lsn(); lsn++) {
      At<Event.Logged> logged = history.logged(volume, lsn);
      if (logged == null || logged.event().revertTo() >= 0) {
        return false;
      }
      later.addAll(logged.event().transactions());
    }
    later.addAll(other.pending());
    return later.equals(one.pending());
  }

  private static Snapshot snapshot(At<Event.Shown> at) {
    return new Snapshot(at.event().view().lsn(), at.event().view().pending());
  }
}
