package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies the logs to models, commit by commit, and looks whether each has the page count that it
 * makes, and goes back where it was to.
 */
final class Replay {
  private final History history;
  private final Findings findings;
  private final PlaceRules places;
  private final Map<String, VolumeModel> models = new HashMap<>();
  private final Set<String> inWork = new HashSet<>();

  Replay(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
    this.places = new PlaceRules(history, findings);
  }

  /** The models of all volumes that have a log. */
  Map<String, VolumeModel> play() {
    history.logs().keySet().forEach(this::model);
    return models;
  }

  private @Nullable VolumeModel model(String volume) {
    VolumeModel known = models.get(volume);
    if (known != null || !inWork.add(volume)) {
      return known;
    }
    At<Event.Origin> origin = history.origin(volume);
    VolumeModel model = new VolumeModel();
    if (origin != null) {
      VolumeModel parent = model(origin.event().parent());
      if (parent == null || parent.newest() < origin.event().lsn()) {
        findings.add(Kind.HISTORY, volume + " begins as what is not there", origin.line());
      } else {
        model = new VolumeModel(parent, origin.event().lsn());
      }
    }
    NavigableMap<Long, At<Event.Logged>> log = history.logs().get(volume);
    if (log != null) {
      for (At<Event.Logged> logged : log.values()) {
        apply(model, logged);
      }
    }
    models.put(volume, model);
    return model;
  }

  private void apply(VolumeModel model, At<Event.Logged> at) {
    Event.Logged logged = at.event();
    long lsn = logged.lsn();
    if (lsn <= model.newest()) {
      // The first commit of a fork.
      checkCount(at, model.count(lsn));
      return;
    }
    long count = model.countNow();
    if (logged.revertTo() >= 0) {
      if (logged.revertTo() >= lsn) {
        findings.add(Kind.HISTORY, "commit " + lsn + " goes back to a later one", at.line());
        return;
      }
      checkRevert(at);
      model.revert(lsn, logged.revertTo());
      count = model.countNow();
    } else {
      checkNoRevert(at);
      for (int i = 0; i < logged.transactions().size(); i++) {
        At<Event.Commit> attempt = history.attempt(logged.transactions().get(i), Integer.MAX_VALUE);
        if (attempt != null) {
          places.check(model, at, i, attempt);
          count = apply(model, lsn, count, attempt.event());
          places.inside(model, at, count, attempt);
        }
      }
      model.end(lsn, count);
    }
    checkCount(at, count);
  }

  private void checkCount(At<Event.Logged> at, long count) {
    Event.Logged logged = at.event();
    if (logged.count() >= 0 && logged.count() != count) {
      findings.add(
          Kind.PAGE_COUNT,
          "commit "
              + logged.lsn()
              + " of "
              + logged.volume()
              + " has "
              + logged.count()
              + " pages, and what it did makes "
              + count,
          at.line());
    }
  }

  /** Who goes back knows all that he goes back over. */
  private void checkRevert(At<Event.Logged> at) {
    for (String transaction : at.event().transactions()) {
      At<Event.Revert> revert = history.revert(transaction);
      if (revert == null) {
        continue;
      }
      boolean isOnBase = revert.event().view().lsn() == at.event().lsn() - 1;
      if (!isOnBase || revert.event().to() != at.event().revertTo()) {
        findings.add(
            Kind.WRONG_BASE,
            transaction
                + " was to go back from commit "
                + revert.event().view().lsn()
                + " to "
                + revert.event().to()
                + " and lies at "
                + at.event().lsn()
                + ", back to "
                + at.event().revertTo(),
            revert.line(),
            at.line());
      }
    }
  }

  /** A revert that goes back nowhere leaves every page as it is. */
  private void checkNoRevert(At<Event.Logged> at) {
    for (String transaction : at.event().transactions()) {
      At<Event.Revert> revert = history.revert(transaction);
      if (revert != null) {
        findings.add(
            Kind.REVERT_MISSED_PAGE,
            transaction
                + " was to go back to "
                + revert.event().to()
                + ", and goes back nowhere at commit "
                + at.event().lsn()
                + " of "
                + at.event().volume(),
            revert.line(),
            at.line());
      }
    }
  }

  private static long apply(VolumeModel model, long lsn, long countBefore, Event.Commit commit) {
    boolean cuts = commit.smallest() < commit.view().count();
    if (cuts) {
      model.cut(lsn, commit.smallest());
    }
    commit.writes().forEach((page, content) -> model.write(lsn, page, content));
    if (cuts) {
      return commit.count();
    }
    boolean grows = commit.count() > commit.view().count();
    return grows ? Math.max(countBefore, commit.count()) : countBefore;
  }
}
