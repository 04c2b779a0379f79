package dev.graft.sim.judge;

import static dev.graft.sim.judge.Draft.with;
import static dev.graft.sim.judge.HistoryMutation.found;
import static dev.graft.sim.judge.HistoryMutation.harmless;
import static dev.graft.sim.judge.HistoryMutation.often;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What was read, and from which snapshot, is not what it was. */
final class ReadMutations {
  private ReadMutations() {}

  /** A line that says what was read: of a read or of a transaction. */
  private record Seen(Event event, View view, Map<Long, String> reads, String volume) {
    static @Nullable Seen of(Event event) {
      return switch (event) {
        case Event.Read read -> new Seen(read, read.view(), read.reads(), read.volume());
        case Event.Commit commit ->
            new Seen(commit, commit.view(), commit.reads(), commit.volume());
        default -> null;
      };
    }

    Event withReads(Map<Long, String> other) {
      return with((Record) event, "reads", other) instanceof Event changed ? changed : event;
    }

    Event withView(View other) {
      return with((Record) event, "view", other) instanceof Event changed ? changed : event;
    }

    /** Whether it is the newest that its reader knows, by what he was told. */
    boolean isCurrent() {
      return !(event instanceof Event.Read read) || read.kind().equals("current");
    }
  }

  static List<HistoryMutation> all() {
    return List.of(
        found("content that nobody wrote", page((draft, seen) -> Optional.of("half and half"))),
        found(
            "zeros in place of a page",
            seen((draft, seen) -> page(draft, seen, content -> !content.equals(Event.ZEROS), "0"))),
        found("older version of a page", seen(ReadMutations::older)),
        found("two pages exchanged", seen(ReadMutations::exchanged)),
        found("another page's content", seen(ReadMutations::elsewhere)),
        found(
            "page count of the view",
            view(
                (draft, seen) -> seen.view().count() >= 0,
                (draft, seen) ->
                    new View(seen.view().lsn(), seen.view().pending(), seen.view().count() + 1))),
        found(
            "snapshot older than its session was told",
            view(
                (draft, seen) -> seen.isCurrent() && wasTold(draft, seen),
                (draft, seen) ->
                    new View(seen.view().lsn() - 1, seen.view().pending(), seen.view().count()))),
        found(
            "thread's snapshot older than its process was told",
            thread(
                ReadMutations::wasTold,
                (draft, seen) ->
                    new View(seen.view().lsn() - 1, seen.view().pending(), seen.view().count()))),
        found("snapshot of the past older than asked for", past(-1)),
        found("snapshot of the past younger than asked for", past(1)),
        often(
            "snapshot younger by a commit",
            0.7,
            "it may have been there, and hold the same",
            view(
                (draft, seen) -> seen.isCurrent(),
                (draft, seen) ->
                    new View(seen.view().lsn() + 1, seen.view().pending(), seen.view().count()))),
        found(
            "own local commit is not on top",
            view(
                (draft, seen) ->
                    seen.isCurrent() && !seen.view().pending().isEmpty() && cameAbout(draft, seen),
                ReadMutations::lacksOne)),
        found(
            "local commit of another thread is not on top",
            thread((draft, seen) -> !seen.view().pending().isEmpty(), ReadMutations::lacksOne)),
        found(
            "local commits in another order on top",
            view(
                (draft, seen) -> seen.view().pending().size() > 1 && cameAbout(draft, seen),
                (draft, seen) ->
                    new View(
                        seen.view().lsn(), seen.view().pending().reversed(), seen.view().count()))),
        found(
            "read set lacks a page",
            commit((draft, commit) -> {
              Set<Long> declared = commit.readSet();
              if (declared == null || commit.reads().isEmpty()) {
                return null;
              }
              Set<Long> less = new HashSet<>(declared);
              boolean lacks = less.remove(draft.one(List.copyOf(commit.reads().keySet())));
              return lacks ? with(commit, "readSet", less) : null;
            })),
        found(
            "merged, and nothing declared",
            commit((draft, commit) ->
                isMergedOverChange(draft, commit) ? with(commit, "readSet", null) : null)),
        harmless(
            "not merged, and nothing declared",
            "it lies on what it read",
            commit((draft, commit) -> {
              Event.Logged at = draft.landed(commit.transaction());
              boolean onBase =
                  at != null
                      && at.transactions().size() == 1
                      && at.lsn() == commit.view().lsn() + 1;
              return onBase && commit.view().pending().isEmpty()
                  ? with(commit, "readSet", null)
                  : null;
            })),
        found(
            "merged without leave",
            commit((draft, commit) ->
                commit.policy().equals("merge")
                        && isMergedOverChange(draft, commit)
                        && draft
                            .any(
                                Event.Push.class,
                                push -> push.transactions().contains(commit.transaction()))
                            .isEmpty()
                    ? with(commit, "policy", "reject")
                    : null)),
        found(
            "page that was changed is declared by a merged one",
            commit((draft, commit) -> {
              Set<Long> declared = commit.readSet();
              if (declared == null || !isMergedOverChange(draft, commit)) {
                return null;
              }
              Set<Long> more = new TreeSet<>(declared);
              boolean grows = more.addAll(changedBelow(draft, commit));
              return grows ? with(commit, "readSet", more) : null;
            })),
        harmless(
            "a read is not written down",
            "nothing follows from it",
            draft ->
                draft
                    .any(Event.Read.class, read -> true)
                    .map(read -> {
                      draft.remove(read);
                      return true;
                    })
                    .orElse(false)));
  }

  private static Predicate<Draft> seen(BiFunction<Draft, Seen, @Nullable Event> change) {
    return draft -> {
      for (int tries = 0; tries < 200; tries++) {
        Seen seen = Seen.of(draft.one(draft.events));
        Event changed = seen == null ? null : change.apply(draft, seen);
        if (seen != null && changed != null) {
          draft.replace(seen.event(), changed);
          return true;
        }
      }
      return false;
    };
  }

  private static Predicate<Draft> page(BiFunction<Draft, Seen, Optional<String>> content) {
    return seen((draft, seen) ->
        content.apply(draft, seen).map(to -> page(draft, seen, from -> true, to)).orElse(null));
  }

  private static Predicate<Draft> view(
      BiPredicate<Draft, Seen> fits, BiFunction<Draft, Seen, View> change) {
    return seen(
        (draft, seen) -> fits.test(draft, seen) ? seen.withView(change.apply(draft, seen)) : null);
  }

  private static View lacksOne(Draft draft, Seen seen) {
    List<String> pending = new ArrayList<>(seen.view().pending());
    pending.remove(draft.random.nextInt(pending.size()));
    return new View(seen.view().lsn(), pending, seen.view().count());
  }

  /** A read of now becomes one of another thread of its process, with another view. */
  private static Predicate<Draft> thread(
      BiPredicate<Draft, Seen> fits, BiFunction<Draft, Seen, View> change) {
    return seen((draft, seen) ->
        seen.event() instanceof Event.Read read && seen.isCurrent() && fits.test(draft, seen)
            ? with(
                with(read, "view", change.apply(draft, seen)), "session", read.session() + ".other")
            : null);
  }

  /** A read of the past is given a commit some places away from what it asked for. */
  private static Predicate<Draft> past(long away) {
    return view(
        (draft, seen) ->
            seen.event() instanceof Event.Read read
                && read.asked() >= 0
                && read.asked() + away >= 0,
        (draft, seen) ->
            new View(seen.view().lsn() + away, seen.view().pending(), seen.view().count()));
  }

  private static Predicate<Draft> commit(
      BiFunction<Draft, Event.Commit, Event.@Nullable Commit> change) {
    return seen((draft, seen) ->
        seen.event() instanceof Event.Commit commit ? change.apply(draft, commit) : null);
  }

  /** One of the pages that were read is something else. */
  private static @Nullable Event page(Draft draft, Seen seen, Predicate<String> from, String to) {
    List<Long> pages =
        seen.reads().entrySet().stream()
            .filter(read -> from.test(read.getValue()) && !read.getValue().equals(to))
            .map(Map.Entry::getKey)
            .toList();
    if (pages.isEmpty()) {
      return null;
    }
    Map<Long, String> reads = new TreeMap<>(seen.reads());
    reads.put(draft.one(pages), to);
    return seen.withReads(reads);
  }

  private static @Nullable Event older(Draft draft, Seen seen) {
    for (Map.Entry<Long, String> read : seen.reads().entrySet()) {
      for (Event event : draft.events) {
        boolean isOther =
            event instanceof Event.Commit commit
                && draft.landed(commit.transaction()) instanceof Event.Logged at
                && at.volume().equals(seen.volume())
                && at.lsn() <= seen.view().lsn()
                && commit.writes().containsKey(read.getKey())
                && !read.getValue().equals(commit.writes().get(read.getKey()));
        if (isOther) {
          Map<Long, String> reads = new TreeMap<>(seen.reads());
          reads.put(read.getKey(), ((Event.Commit) event).writes().getOrDefault(read.getKey(), ""));
          return seen.withReads(reads);
        }
      }
    }
    return null;
  }

  private static @Nullable Event exchanged(Draft draft, Seen seen) {
    List<Long> pages = List.copyOf(seen.reads().keySet());
    if (pages.size() < 2) {
      return null;
    }
    Map<Long, String> reads = new TreeMap<>(seen.reads());
    String first = seen.reads().getOrDefault(pages.getFirst(), "");
    String last = seen.reads().getOrDefault(pages.getLast(), "");
    reads.put(pages.getFirst(), last);
    reads.put(pages.getLast(), first);
    return first.equals(last) ? null : seen.withReads(reads);
  }

  private static @Nullable Event elsewhere(Draft draft, Seen seen) {
    if (seen.reads().isEmpty()) {
      return null;
    }
    long page = draft.one(List.copyOf(seen.reads().keySet()));
    return draft
        .any(
            Event.Commit.class,
            commit -> commit.writes().keySet().stream().anyMatch(other -> other != page))
        .map(commit -> {
          long other =
              commit.writes().keySet().stream().filter(one -> one != page).findAny().orElseThrow();
          String content = commit.writes().getOrDefault(other, Event.ZEROS);
          Map<Long, String> reads = new TreeMap<>(seen.reads());
          String before = reads.put(page, content);
          return content.equals(before) || content.equals(Event.ZEROS)
              ? null
              : seen.withReads(reads);
        })
        .orElse(null);
  }

  /** What nobody answered is done again in the course of a push, and may come to nothing. */
  private static boolean cameAbout(Draft draft, Seen seen) {
    return !(seen.event() instanceof Event.Commit commit) || draft.answer(commit) != null;
  }

  /** Whether its session had been told of just this commit when it began. */
  private static boolean wasTold(Draft draft, Seen seen) {
    String session = seen.event() instanceof Event.Read read ? read.session() : "";
    long began = 0;
    if (seen.event() instanceof Event.Read read) {
      began = read.began();
    } else if (seen.event() instanceof Event.Commit commit) {
      session = commit.session();
      began = commit.began();
    }
    for (Event event : draft.events) {
      boolean isIt =
          switch (event) {
            case Event.Told told -> {
              Event.Call call = draft.call(told);
              yield call != null
                  && !(call instanceof Event.Fork)
                  && told.outcome() == Event.Outcome.DONE
                  && told.lsn() == seen.view().lsn()
                  && call.session().equals(session)
                  && call.volume().equals(seen.volume());
            }
            case Event.Standing standing ->
                standing.lsn() == seen.view().lsn()
                    && standing.session().equals(session)
                    && standing.volume().equals(seen.volume());
            default -> false;
          };
      if (isIt && event.time() < began && seen.view().lsn() > 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean isMergedOverChange(Draft draft, Event.Commit commit) {
    return draft.isIn(commit)
        && commit.view().pending().isEmpty()
        && !changedBelow(draft, commit).isEmpty();
  }

  /**
   * The pages that others wrote between a commit's snapshot and its place, and that are something
   * else since.
   */
  private static Set<Long> changedBelow(Draft draft, Event.Commit commit) {
    Event.Logged at = draft.landed(commit.transaction());
    if (at == null || !at.volume().equals(commit.volume()) || commit.view().lsn() >= at.lsn()) {
      return Set.of();
    }
    VolumeModel model = draft.model(at.volume());
    Set<Long> changed = new TreeSet<>();
    if (model != null) {
      for (long page : model.pages()) {
        String then = model.at(page, commit.view().lsn()).content();
        if (!model.at(page, at.lsn() - 1).content().equals(then)) {
          changed.add(page);
        }
      }
    }
    return changed;
  }
}
