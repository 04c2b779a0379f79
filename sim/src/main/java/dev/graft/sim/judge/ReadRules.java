package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import dev.graft.sim.judge.VolumeModel.Version;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whatever was read is what its snapshot holds. */
final class ReadRules {
  private final History history;
  private final Map<String, VolumeModel> models;
  private final Findings findings;

  /** Contents of pages, to know a content of another page again. */
  private final Map<String, Long> pagesOfContents = new HashMap<>();

  /** Contents that transactions wrote, with one of these transactions. */
  private final Map<String, String> writers = new HashMap<>();

  private long reads;

  ReadRules(History history, Map<String, VolumeModel> models, Findings findings) {
    this.history = history;
    this.models = models;
    this.findings = findings;
  }

  /** Gives how many pages were looked at. */
  long check() {
    for (At<Event> at : history.lines()) {
      if (at.event() instanceof Event.Commit commit) {
        commit
            .writes()
            .forEach((page, content) -> {
              pagesOfContents.put(content, page);
              writers.put(content + "@" + page, commit.transaction());
            });
      }
    }
    for (At<Event> at : history.lines()) {
      switch (at.event()) {
        case Event.Commit commit -> {
          look(at.line(), commit.session(), commit.volume(), commit.view(), commit.reads());
          readSet(at.line(), commit);
        }
        case Event.Read read -> {
          asked(at.line(), read);
          Map<Long, String> seen =
              read.kind().equals("whole") ? whole(at.line(), read) : read.reads();
          look(at.line(), read.session(), read.volume(), read.view(), seen);
        }
        default -> {}
      }
    }
    return reads;
  }

  private void readSet(int line, Event.Commit commit) {
    if (commit.readSet() != null && !commit.readSet().containsAll(commit.reads().keySet())) {
      TreeMap<Long, String> missing = new TreeMap<>(commit.reads());
      missing.keySet().removeAll(commit.readSet());
      findings.add(
          Kind.READ_SET,
          commit.transaction() + " read pages that its read set lacks: " + missing.keySet(),
          line);
    }
  }

  /** Who asks for a commit is given just that, with nothing on top. */
  private void asked(int line, Event.Read read) {
    View view = read.view();
    boolean isIt = view.lsn() == read.asked() && view.pending().isEmpty();
    if (read.asked() >= 0 && !isIt) {
      findings.add(
          Kind.OTHER_SNAPSHOT,
          read.session()
              + " asked for commit "
              + read.asked()
              + " of "
              + read.volume()
              + " and was given "
              + view.lsn()
              + view.pending(),
          line);
    }
  }

  /** All pages, the ones of zeros too. */
  private Map<Long, String> whole(int line, Event.Read read) {
    Map<Long, String> all = new TreeMap<>();
    VolumeModel model = models.get(read.volume());
    if (model != null) {
      model.all(read.view().lsn()).keySet().forEach(page -> all.put(page, Event.ZEROS));
    }
    for (String name : read.view().pending()) {
      At<Event.Commit> pending = history.attempt(name, line);
      if (pending != null) {
        pending.event().writes().keySet().forEach(page -> all.put(page, Event.ZEROS));
      }
    }
    all.putAll(read.reads());
    return all;
  }

  private void look(int line, String session, String volume, View view, Map<Long, String> seen) {
    VolumeModel model = models.getOrDefault(volume, new VolumeModel());
    if (view.lsn() > model.newest()) {
      findings.add(
          Kind.LOST_COMMIT,
          session + " stood on commit " + view.lsn() + " of " + volume + ", which is not there",
          line);
      return;
    }
    reads += seen.size();
    seen.forEach((page, content) -> {
      String expected = expected(line, model, view, page);
      if (!content.equals(expected)) {
        wrong(line, volume, model, view, page, content, expected);
      }
    });
    if (view.count() >= 0 && view.count() != count(line, model, view)) {
      findings.add(
          Kind.PAGE_COUNT,
          session
              + " saw "
              + view.count()
              + " pages at commit "
              + view.lsn()
              + view.pending()
              + " of "
              + volume
              + ", which has "
              + count(line, model, view),
          line);
    }
  }

  private long count(int line, VolumeModel model, View view) {
    long count = model.count(view.lsn());
    for (String name : view.pending()) {
      At<Event.Commit> pending = history.attempt(name, line);
      count = pending == null ? count : pending.event().count();
    }
    return count;
  }

  private String expected(int line, VolumeModel model, View view, long page) {
    String content = model.at(page, view.lsn()).content();
    for (String name : view.pending()) {
      At<Event.Commit> pending = history.attempt(name, line);
      if (pending == null) {
        findings.add(Kind.HISTORY, "nobody handed over " + name, line);
        continue;
      }
      if (page > pending.event().smallest()) {
        content = Event.ZEROS;
      }
      content = pending.event().writes().getOrDefault(page, content);
    }
    return content;
  }

  private void wrong(
      int line,
      String volume,
      VolumeModel model,
      View view,
      long page,
      String content,
      String expected) {
    findings.add(
        kind(volume, model, view, page, content, expected),
        "page "
            + page
            + " at commit "
            + view.lsn()
            + view.pending()
            + " of "
            + volume
            + " is "
            + expected
            + ", and "
            + content
            + " was read"
            + from(model, page, content),
        line);
  }

  private static String from(VolumeModel model, long page, String content) {
    Version version = model.withContent(page, content);
    return version == null || version.lsn() == 0 ? "" : ", which is of commit " + version.lsn();
  }

  private Kind kind(
      String volume, VolumeModel model, View view, long page, String content, String expected) {
    At<Event.Logged> logged = history.logged(volume, view.lsn());
    if (logged != null && logged.event().revertTo() >= 0 && view.pending().isEmpty()) {
      return Kind.REVERT_MISSED_PAGE;
    }
    Version version = model.withContent(page, content);
    if (version != null && version.lsn() <= view.lsn()) {
      boolean isCut = expected.equals(Event.ZEROS) && model.at(page, view.lsn()).isCut();
      return isCut ? Kind.TRUNCATED_PAGE_BACK : Kind.STALE_READ;
    }
    if (version != null) {
      return Kind.FUTURE_READ;
    }
    if (isLaterInParent(model, page, content)) {
      return Kind.FORK_SHOWS_LATER_PARENT;
    }
    if (writers.containsKey(content + "@" + page)) {
      return Kind.UNFLAGGED_LOCAL_READ;
    }
    Long owner = pagesOfContents.get(content);
    return owner == null || owner == page ? Kind.TORN_READ : Kind.WRONG_FRAME;
  }

  private static boolean isLaterInParent(VolumeModel model, long page, String content) {
    @Nullable VolumeModel parent = model.parent;
    if (parent == null) {
      return false;
    }
    Version version = parent.withContent(page, content);
    return (version != null && version.lsn() > model.parentLsn)
        || isLaterInParent(parent, page, content);
  }
}
