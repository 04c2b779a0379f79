package dev.graft.sim.judge;

import static dev.graft.sim.judge.Draft.with;
import static dev.graft.sim.judge.HistoryMutation.found;
import static dev.graft.sim.judge.HistoryMutation.harmless;

import dev.graft.sim.judge.Event.Logged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** The log, or what forks and reverts stand in it, is not what it was. */
final class LogMutations {
  private static final long DAY = Duration.ofHours(24).toNanos();

  private LogMutations() {}

  static List<HistoryMutation> all() {
    return List.of(
        found(
            "commit lost",
            onLog(
                LogMutations::isAcknowledged,
                (draft, at) -> {
                  draft.remove(at);
                  return true;
                })),
        found(
            "commit empty",
            log(LogMutations::isAcknowledged, (draft, at) -> with(at, "transactions", List.of()))),
        found(
            "commit doubled",
            onLog(
                (draft, at) -> !at.transactions().isEmpty(),
                (draft, at) -> {
                  Logged newest = draft.log(at.volume()).lastEntry().getValue();
                  Logged next = with(newest, "lsn", newest.lsn() + 1);
                  draft.events.add(
                      with(
                          with(next, "transactions", at.transactions()),
                          "time",
                          newest.time() + 1));
                  return true;
                })),
        found(
            "LSN twice",
            onLog(
                (draft, at) -> true,
                (draft, at) -> {
                  draft.events.add(at);
                  return true;
                })),
        found(
            "commits exchanged",
            onLog(
                LogMutations::isAcknowledged,
                (draft, at) -> {
                  Logged next = draft.logged(at.volume(), at.lsn() + 1);
                  if (next == null || at.revertTo() >= 0 || next.revertTo() >= 0) {
                    return false;
                  }
                  draft.replace(at, with(at, "transactions", next.transactions()));
                  draft.replace(next, with(next, "transactions", at.transactions()));
                  return true;
                })),
        found(
            "a stranger in the log",
            log(
                (draft, at) -> at.lsn() > 1,
                (draft, at) -> {
                  List<String> more = new ArrayList<>(at.transactions());
                  more.add("nobody's");
                  return with(at, "transactions", more);
                })),
        found(
            "transactions of one client exchanged in a commit",
            log(
                (draft, at) -> at.transactions().size() > 1 && areOfOne(draft, at),
                (draft, at) -> with(at, "transactions", at.transactions().reversed()))),
        found(
            "landed after the answer",
            onLog(
                LogMutations::isAcknowledged,
                (draft, at) -> {
                  long told = toldDone(draft, at);
                  Logged next = draft.logged(at.volume(), at.lsn() + 1);
                  if (next != null && next.time() <= told) {
                    return false;
                  }
                  draft.replace(at, with(at, "time", told + 1));
                  return true;
                })),
        found(
            "landed before it was handed over",
            onLog(
                (draft, at) -> at.lsn() > 1,
                (draft, at) -> {
                  long handed = handedOver(draft, at);
                  if (handed <= 0) {
                    return false;
                  }
                  draft.replace(at, with(at, "time", handed - 1));
                  return true;
                })),
        found(
            "landed before the commit below",
            log(
                (draft, at) -> at.lsn() > 1 && draft.logged(at.volume(), at.lsn() - 1) != null,
                (draft, at) -> with(at, "time", below(draft, at).time() - 1))),
        found(
            "put outlived its segment",
            log(
                (draft, at) -> at.time() > DAY,
                (draft, at) -> with(at, "oldestSegment", at.time() - DAY - 1))),
        harmless(
            "put in time",
            "24 hours are allowed",
            log(
                (draft, at) -> at.time() > DAY,
                (draft, at) -> with(at, "oldestSegment", at.time() - DAY))),
        found(
            "wrong page count",
            log((draft, at) -> at.count() >= 0, (draft, at) -> with(at, "count", at.count() + 1))),
        found(
            "commit time falls",
            log(
                (draft, at) -> at.lsn() > 1 && draft.logged(at.volume(), at.lsn() - 1) != null,
                (draft, at) -> with(at, "commitTime", below(draft, at).commitTime() - 1))),
        found(
            "revert went elsewhere",
            log(
                (draft, at) -> at.revertTo() > 0,
                (draft, at) -> with(at, "revertTo", at.revertTo() - 1))),
        found(
            "revert went nowhere",
            log((draft, at) -> at.revertTo() >= 0, (draft, at) -> with(at, "revertTo", -1L))),
        found(
            "another revert was asked for",
            draft ->
                draft
                    .any(Event.Revert.class, at -> draft.landed(at.transaction()) != null)
                    .map(at -> {
                      draft.replace(at, with(at, "to", at.to() + 1));
                      return true;
                    })
                    .orElse(false)),
        found("fork of another commit", origin((draft, at) -> with(at, "lsn", at.lsn() - 1))),
        found(
            "fork of another volume",
            origin((draft, at) -> with(at, "parent", at.volume() + "'s brother"))),
        found(
            "given up, and in the log",
            draft ->
                draft
                    .any(
                        Event.Discarded.class,
                        at ->
                            !at.transactions().isEmpty()
                                && draft.landed(at.transactions().getFirst()) == null)
                    .map(at -> {
                      String name = at.transactions().getFirst();
                      Event.Commit made =
                          draft
                              .any(Event.Commit.class, commit -> commit.transaction().equals(name))
                              .orElseThrow();
                      Logged newest = draft.log(made.volume()).lastEntry().getValue();
                      Logged next = with(newest, "lsn", newest.lsn() + 1);
                      draft.events.add(
                          with(
                              with(with(next, "transactions", List.of(name)), "count", -1L),
                              "time",
                              -1L));
                      return true;
                    })
                    .orElse(false)));
  }

  private static Predicate<Draft> onLog(
      BiPredicate<Draft, Logged> fits, BiPredicate<Draft, Logged> change) {
    return draft ->
        draft
            .any(Logged.class, at -> fits.test(draft, at))
            .map(at -> change.test(draft, at))
            .orElse(false);
  }

  private static Predicate<Draft> log(
      BiPredicate<Draft, Logged> fits, BiFunction<Draft, Logged, Logged> change) {
    return onLog(
        fits,
        (draft, at) -> {
          draft.replace(at, change.apply(draft, at));
          return true;
        });
  }

  private static Predicate<Draft> origin(BiFunction<Draft, Event.Origin, Event.Origin> change) {
    return draft ->
        draft
            .any(Event.Origin.class, at -> isToldOf(draft, at.volume()))
            .map(at -> {
              draft.replace(at, change.apply(draft, at));
              return true;
            })
            .orElse(false);
  }

  private static Logged below(Draft draft, Logged at) {
    return Objects.requireNonNull(draft.logged(at.volume(), at.lsn() - 1));
  }

  private static boolean isToldOf(Draft draft, String child) {
    return draft
        .any(Event.Fork.class, fork -> fork.child().equals(child))
        .map(fork -> draft.isTold(fork, Event.Outcome.DONE))
        .orElse(false);
  }

  /** Whether the maker of a commit, or of one of its transactions, was told that it is there. */
  private static boolean isAcknowledged(Draft draft, Logged at) {
    return toldDone(draft, at) > 0;
  }

  /** When the first of its transactions was acknowledged; -1 for never. */
  private static long toldDone(Draft draft, Logged at) {
    long first = Long.MAX_VALUE;
    for (Event event : draft.events) {
      boolean isIt =
          switch (event) {
            case Event.Commit commit -> at.transactions().contains(commit.transaction());
            case Event.Revert revert -> at.transactions().contains(revert.transaction());
            case Event.Push push ->
                push.transactions().stream().anyMatch(at.transactions()::contains);
            default -> false;
          };
      if (isIt && draft.isTold((Event.Call) event, Event.Outcome.DONE)) {
        Event.Told told = draft.answer((Event.Call) event);
        first = told == null ? first : Math.min(first, told.time());
      }
    }
    return first == Long.MAX_VALUE ? -1 : first;
  }

  private static long handedOver(Draft draft, Logged at) {
    if (at.transactions().isEmpty()) {
      return -1;
    }
    String name = at.transactions().getFirst();
    return draft.events.stream()
        .filter(Event.Commit.class::isInstance)
        .map(Event.Commit.class::cast)
        .filter(commit -> commit.transaction().equals(name))
        .mapToLong(Event::time)
        .findFirst()
        .orElse(-1);
  }

  private static boolean areOfOne(Draft draft, Logged at) {
    return at.transactions().stream()
        .allMatch(name ->
            draft
                .any(
                    Event.Commit.class,
                    commit ->
                        commit.transaction().equals(name)
                            && draft.isTold(commit, Event.Outcome.LOCAL))
                .isPresent());
  }
}
