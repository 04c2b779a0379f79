package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A transaction fits where it lies in the log: on the commit that it was made on, or, merged, over
 * nothing that it read, declared to have read, wrote or cut off.
 */
final class PlaceRules {
  private final History history;
  private final Findings findings;

  PlaceRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  /**
   * What lies between the snapshot of a transaction and the transaction itself.
   *
   * @param model what lies below it
   * @param index of the transaction in its commit
   */
  void check(VolumeModel model, At<Event.Logged> at, int index, At<Event.Commit> attempt) {
    Event.Logged logged = at.event();
    Event.Commit commit = attempt.event();
    long base = base(logged.volume(), commit);
    if (base < 0 || base >= logged.lsn()) {
      findings.add(
          Kind.WRONG_BASE,
          commit.transaction()
              + " read commit "
              + commit.view().lsn()
              + " of "
              + commit.volume()
              + " and lies at "
              + logged.lsn()
              + " of "
              + logged.volume(),
          attempt.line(),
          at.line());
      return;
    }
    List<String> between = between(logged, base, index);
    List<String> others = new ArrayList<>(between);
    others.removeAll(commit.view().pending());
    boolean isAlone = others.isEmpty() && between.equals(commit.view().pending());
    List<String> foreign = new ArrayList<>(between);
    companions(logged, index, commit).forEach(foreign::remove);
    boolean isOnBase = foreign.equals(commit.view().pending());
    if (!isOnBase && !mayMerge(commit)) {
      findings.add(
          Kind.WRONG_BASE,
          commit.transaction()
              + " was made on commit "
              + commit.view().lsn()
              + commit.view().pending()
              + " and lies at "
              + logged.lsn()
              + " after "
              + between,
          attempt.line(),
          at.line());
    }
    boolean cuts = commit.smallest() < commit.view().count();
    if (cuts && !isOnBase && model.count(base) != model.countNow()) {
      overChange(at, attempt, "read the page count " + model.count(base));
    }
    for (Map.Entry<Long, String> read : commit.reads().entrySet()) {
      String there = model.now(read.getKey());
      // A wrong read of its own snapshot is told elsewhere.
      if (!isAlone && !there.equals(read.getValue())) {
        overChange(at, attempt, "read page " + read.getKey());
      }
    }
    if (!isAlone) {
      declared(model, at, attempt, base);
    }
    for (String other : others) {
      At<Event.Commit> met = history.attempt(other, Integer.MAX_VALUE);
      if (met != null) {
        meets(model, at, attempt, base, met.event());
      }
    }
  }

  /** What both it and one that came before it changed or cut off. */
  private void meets(
      VolumeModel model,
      At<Event.Logged> at,
      At<Event.Commit> attempt,
      long base,
      Event.Commit other) {
    Event.Commit commit = attempt.event();
    Event.Logged logged = at.event();
    Set<Long> both = new HashSet<>(other.writes().keySet());
    both.removeIf(page -> !changes(commit, page));
    commit.writes().keySet().stream().filter(page -> isCut(other, page)).forEach(both::add);
    if (!logged.transactions().contains(other.transaction())) {
      // What was changed and taken back by a revert is what it was: nothing is lost.
      long before = logged.lsn() - 1;
      both.removeIf(
          page -> model.at(page, before).content().equals(model.at(page, base).content()));
    }
    if (!both.isEmpty()) {
      overChange(at, attempt, "wrote pages " + both);
    }
  }

  /** What is declared to have been read is as it was; when nothing is declared, that is all. */
  private void declared(
      VolumeModel model, At<Event.Logged> at, At<Event.Commit> attempt, long base) {
    Event.Commit commit = attempt.event();
    Set<Long> pages = commit.readSet();
    if (pages == null) {
      pages = model.pages();
    }
    Set<Long> changed = new TreeSet<>();
    for (long page : pages) {
      String then = seen(model, commit, base, page);
      if (!commit.reads().containsKey(page) && !model.now(page).equals(then)) {
        changed.add(page);
      }
    }
    if (!changed.isEmpty()) {
      String how = commit.readSet() == null ? "may have read pages " : "declared to read pages ";
      overChange(at, attempt, how + changed);
    }
  }

  /** What a page is in the snapshot of a transaction. */
  private String seen(VolumeModel model, Event.Commit commit, long base, long page) {
    String content = model.at(page, base).content();
    for (String name : commit.view().pending()) {
      At<Event.Commit> below = history.attempt(name, Integer.MAX_VALUE);
      if (below != null) {
        content = page > below.event().smallest() ? Event.ZEROS : content;
        content = below.event().writes().getOrDefault(page, content);
      }
    }
    return content;
  }

  private static boolean changes(Event.Commit commit, long page) {
    return commit.writes().containsKey(page) || isCut(commit, page);
  }

  /** Whether a page that was there is cut off on the way. */
  private static boolean isCut(Event.Commit commit, long page) {
    return page > commit.smallest() && page <= commit.view().count();
  }

  private void overChange(At<Event.Logged> at, At<Event.Commit> attempt, String what) {
    findings.add(
        Kind.MERGED_OVER_CHANGE,
        attempt.event().transaction()
            + " "
            + what
            + " at commit "
            + attempt.event().view().lsn()
            + ", which others changed before it landed at "
            + at.event().lsn(),
        attempt.line(),
        at.line());
  }

  /** The LSN in this volume that a transaction was made on; -1 when it is none. */
  private long base(String volume, Event.Commit commit) {
    if (commit.volume().equals(volume)) {
      return commit.view().lsn();
    }
    At<Event.Origin> origin = history.origin(volume);
    boolean fits =
        origin != null
            && origin.event().parent().equals(commit.volume())
            && origin.event().lsn() == commit.view().lsn();
    return fits ? 1 : -1;
  }

  private List<String> between(Event.Logged logged, long base, int index) {
    List<String> between = new ArrayList<>();
    history.logged(logged.volume(), base, logged.lsn()).stream()
        .map(At::event)
        .map(Event.Logged::transactions)
        .forEach(between::addAll);
    between.addAll(logged.transactions().subList(0, index));
    return between;
  }

  /**
   * Others of one client that travel in the same commit: told nowhere, but checked like a merge.
   */
  private List<String> companions(Event.Logged logged, int index, Event.Commit commit) {
    List<String> companions = new ArrayList<>();
    for (String other : logged.transactions().subList(0, index)) {
      At<Event.Commit> made = history.attempt(other, Integer.MAX_VALUE);
      boolean mate = made != null && made.event().client().equals(commit.client());
      if (mate && !commit.view().pending().contains(other)) {
        companions.add(other);
      }
    }
    return companions;
  }

  private boolean mayMerge(Event.Commit commit) {
    return commit.policy().equals("merge")
        || history.pushes(commit.transaction()).stream()
            .anyMatch(push -> push.event().policy().equals("merge"));
  }

  /**
   * What a transaction wrote is within the volume that it leaves.
   *
   * @param count pages after it
   */
  void inside(VolumeModel model, At<Event.Logged> at, long count, At<Event.Commit> made) {
    for (long page : made.event().writes().keySet()) {
      if (page > count && !model.now(page).equals(Event.ZEROS)) {
        overChange(at, made, "wrote page " + page + ", beyond the end at " + count + " pages,");
      }
    }
  }
}
