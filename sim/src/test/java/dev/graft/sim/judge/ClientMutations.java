package dev.graft.sim.judge;

import static dev.graft.sim.judge.Draft.with;
import static dev.graft.sim.judge.HistoryMutation.found;
import static dev.graft.sim.judge.HistoryMutation.harmless;
import static dev.graft.sim.judge.HistoryMutation.often;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What clients did, hold or were shown is not what it was. */
final class ClientMutations {
  private static final String COUNT_REASON = "a later cut, or nothing at all, hides it";

  private ClientMutations() {}

  static List<HistoryMutation> all() {
    return List.of(
        found(
            "folder lacks a local commit",
            one(
                Event.Standing.class,
                (draft, at) -> {
                  List<String> pending = new ArrayList<>(at.pending());
                  if (pending.isEmpty()) {
                    return null;
                  }
                  String name = pending.remove(draft.random.nextInt(pending.size()));
                  return isSafe(draft, name, at.time()) ? with(at, "pending", pending) : null;
                })),
        found(
            "folder in another order",
            one(
                Event.Standing.class,
                (draft, at) ->
                    at.pending().size() > 1 ? with(at, "pending", at.pending().reversed()) : null)),
        found(
            "folder holds what lies beneath",
            one(
                Event.Standing.class,
                (draft, at) ->
                    draft
                        .any(
                            Event.Commit.class,
                            commit ->
                                commit.client().equals(at.client())
                                    && draft.landed(commit.transaction())
                                        instanceof Event.Logged logged
                                    && logged.volume().equals(at.volume())
                                    && logged.lsn() <= at.lsn())
                        .map(commit -> with(at, "pending", List.of(commit.transaction())))
                        .orElse(null))),
        found(
            "folder holds what was refused",
            one(
                Event.Standing.class,
                (draft, at) ->
                    draft
                        .any(
                            Event.Commit.class,
                            commit ->
                                commit.client().equals(at.client())
                                    && commit.time() < at.time()
                                    && draft.isTold(commit, Event.Outcome.CONFLICT))
                        .map(commit -> {
                          List<String> pending = new ArrayList<>(at.pending());
                          pending.add(commit.transaction());
                          return with(at, "pending", pending);
                        })
                        .orElse(null))),
        found(
            "nobody says what a folder holds",
            draft -> {
              boolean waits =
                  draft
                      .any(
                          Event.Standing.class,
                          at ->
                              at.pending().stream()
                                  .anyMatch(name -> isLeft(draft, name, at.time())))
                      .isPresent();
              draft.events.removeIf(Event.Standing.class::isInstance);
              return waits;
            }),
        found(
            "given up, and nobody says so",
            draft ->
                draft
                    .any(
                        Event.Discarded.class,
                        at ->
                            at.transactions().stream()
                                .anyMatch(name ->
                                    isSafe(draft, name, at.time()) && isLeft(draft, name, -1)))
                    .map(at -> {
                      draft.remove(at);
                      return true;
                    })
                    .orElse(false)),
        found(
            "push names one less",
            one(
                Event.Push.class,
                (draft, at) -> {
                  if (!draft.isTold(at, Event.Outcome.DONE) || at.transactions().isEmpty()) {
                    return null;
                  }
                  List<String> names = new ArrayList<>(at.transactions());
                  names.removeLast();
                  return with(at, "transactions", names);
                })),
        found(
            "push names what was never made",
            one(
                Event.Push.class,
                (draft, at) -> {
                  List<String> names = new ArrayList<>(at.transactions());
                  names.add("nobody's");
                  return draft.isTold(at, Event.Outcome.DONE)
                      ? with(at, "transactions", names)
                      : null;
                })),
        found(
            "work done twice",
            one(
                Event.Commit.class,
                (draft, at) -> {
                  if (!draft.isIn(at)) {
                    return null;
                  }
                  return draft
                      .any(
                          Event.Commit.class,
                          other ->
                              !other.transaction().equals(at.transaction())
                                  && draft.landed(other.transaction()) != null)
                      .map(other -> with(at, "work", other.work()))
                      .orElse(null);
                })),
        found(
            "transaction that nobody handed over",
            draft ->
                draft
                    .any(
                        Event.Commit.class,
                        at -> draft.landed(at.transaction()) != null && draft.answer(at) != null)
                    .map(at -> {
                      draft.remove(at);
                      return true;
                    })
                    .orElse(false)),
        often(
            "wrote something else",
            0.5,
            "what nobody read before it was written over is not known",
            one(
                Event.Commit.class,
                (draft, at) -> {
                  if (!draft.isIn(at) || at.writes().isEmpty()) {
                    return null;
                  }
                  Map<Long, String> writes = new TreeMap<>(at.writes());
                  writes.put(draft.one(List.copyOf(writes.keySet())), "something else");
                  return with(at, "writes", writes);
                })),
        found(
            "wrote something else, which is read",
            one(
                Event.Commit.class,
                (draft, at) -> {
                  Map<Long, String> writes = new TreeMap<>(at.writes());
                  writes
                      .values()
                      .removeIf(content -> content.equals(Event.ZEROS) || !isRead(draft, content));
                  if (!draft.isIn(at) || writes.isEmpty()) {
                    return null;
                  }
                  long page = draft.one(List.copyOf(writes.keySet()));
                  Map<Long, String> all = new TreeMap<>(at.writes());
                  all.put(page, "something else");
                  return with(at, "writes", all);
                })),
        often(
            "left another page count",
            0.8,
            COUNT_REASON,
            one(
                Event.Commit.class,
                (draft, at) -> !draft.isIn(at) ? null : with(at, "count", at.count() + 1))),
        often(
            "cut one page more",
            0.4,
            COUNT_REASON,
            one(
                Event.Commit.class,
                (draft, at) ->
                    !draft.isIn(at) || at.smallest() < 1
                        ? null
                        : with(at, "smallest", at.smallest() - 1))),
        found(
            "change counter of another content",
            one(
                Event.Shown.class,
                (draft, at) ->
                    draft
                        .any(Event.Shown.class, other -> isElsewhere(draft, at, other))
                        .map(other -> with(at, "number", other.number()))
                        .orElse(null))),
        harmless(
            "another new change counter",
            "only equal ones do harm",
            draft -> {
              long newest =
                  draft.events.stream()
                      .filter(Event.Shown.class::isInstance)
                      .mapToLong(at -> ((Event.Shown) at).number())
                      .max()
                      .orElse(0);
              return one(Event.Shown.class, (same, at) -> with(at, "number", newest + 1))
                  .test(draft);
            }));
  }

  private static <E extends Event> Predicate<Draft> one(
      Class<E> type, BiFunction<Draft, E, @Nullable E> change) {
    return draft -> {
      for (int tries = 0; tries < 60; tries++) {
        E at = draft.any(type, event -> true).orElse(null);
        E changed = at == null ? null : change.apply(draft, at);
        if (at != null && changed != null) {
          draft.replace(at, changed);
          return true;
        }
      }
      return false;
    };
  }

  /** Whether a transaction had been told to be safe in the folder before a time. */
  private static boolean isSafe(Draft draft, String name, long before) {
    return draft
        .any(
            Event.Commit.class,
            commit -> {
              Event.Told told = draft.answer(commit);
              return commit.transaction().equals(name)
                  && draft.isTold(commit, Event.Outcome.LOCAL)
                  && told != null
                  && told.time() < before;
            })
        .isPresent();
  }

  /** Whether a safe transaction, and all of its work, is in no log, and not given up either. */
  private static boolean isLeft(Draft draft, String name, long shown) {
    boolean isGivenUp =
        shown >= 0
            && draft.any(Event.Discarded.class, at -> at.transactions().contains(name)).isPresent();
    boolean isIn =
        draft
            .any(
                Event.Commit.class,
                commit ->
                    draft.landed(commit.transaction()) != null
                        && draft
                            .any(
                                Event.Commit.class,
                                same ->
                                    same.transaction().equals(name)
                                        && same.work().equals(commit.work()))
                            .isPresent())
            .isPresent();
    return !isIn && !isGivenUp && (shown < 0 || isSafe(draft, name, shown));
  }

  private static boolean isRead(Draft draft, String content) {
    return draft.events.stream()
        .anyMatch(event -> event instanceof Event.Read read && read.reads().containsValue(content));
  }

  /** Two that are shown in one process for two commits, with nothing on top. */
  private static boolean isElsewhere(Draft draft, Event.Shown one, Event.Shown other) {
    long lower = Math.min(one.view().lsn(), other.view().lsn());
    long upper = Math.max(one.view().lsn(), other.view().lsn());
    return one.process().equals(other.process())
        && one.volume().equals(other.volume())
        && one.view().pending().isEmpty()
        && other.view().pending().isEmpty()
        && lower < upper
        && draft.log(one.volume()).subMap(lower, false, upper, true).values().stream()
            .anyMatch(logged -> !logged.transactions().isEmpty());
  }
}
