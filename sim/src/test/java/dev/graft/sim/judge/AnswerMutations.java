package dev.graft.sim.judge;

import static dev.graft.sim.judge.Draft.with;
import static dev.graft.sim.judge.HistoryMutation.found;
import static dev.graft.sim.judge.HistoryMutation.harmless;
import static dev.graft.sim.judge.HistoryMutation.often;

import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.judge.Event.Told;
import java.util.Collections;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;

/** Calls were told something else, or lines are missing, doubled or in another order. */
final class AnswerMutations {
  private AnswerMutations() {}

  static List<HistoryMutation> all() {
    return List.of(
        found(
            "done at another LSN",
            told(
                (call, told) -> isChange(call) && told.outcome() == Outcome.DONE,
                told -> with(told, "lsn", told.lsn() + 1))),
        found(
            "refused and said to be done",
            told(
                (call, told) -> isChange(call) && told.outcome() == Outcome.CONFLICT,
                told -> with(with(told, "outcome", Outcome.DONE), "lsn", 1L))),
        found(
            "done and said to be refused",
            told(
                (call, told) -> isChange(call) && told.outcome() == Outcome.DONE,
                told -> with(told, "outcome", Outcome.CONFLICT))),
        found(
            "done and said to be nothing",
            told(
                (call, told) -> isChange(call) && told.outcome() == Outcome.DONE,
                told -> with(told, "outcome", Outcome.NOTHING))),
        often(
            "safe and said to be refused",
            0.7,
            "who gives it up before he shows or pushes it has lost nothing",
            told(
                (call, told) -> told.outcome() == Outcome.LOCAL,
                told -> with(told, "outcome", Outcome.CONFLICT))),
        found(
            "pull of a commit before the newest",
            draft ->
                draft
                    .any(Told.class, told -> missesLanded(draft, told))
                    .map(told -> {
                      draft.replace(told, with(told, "lsn", told.lsn() - 1));
                      return true;
                    })
                    .orElse(false)),
        found(
            "pull of a commit after the newest",
            told(
                (call, told) -> call instanceof Event.Pull && told.outcome() == Outcome.DONE,
                told -> with(told, "lsn", told.lsn() + 1))),
        found(
            "answered twice",
            draft ->
                draft
                    .any(Told.class, told -> true)
                    .map(told -> {
                      draft.events.add(draft.place(told) + 1, told);
                      return true;
                    })
                    .orElse(false)),
        found(
            "answer without a call",
            draft ->
                removed(
                    draft,
                    Event.Call.class,
                    call -> {
                      Told answer = draft.answer(call);
                      return answer != null;
                    })),
        found(
            "call twice",
            draft ->
                draft
                    .any(Event.Call.class, call -> true)
                    .map(call -> {
                      draft.events.add(draft.place(call) + 1, call);
                      return true;
                    })
                    .orElse(false)),
        found(
            "answer missing before the session's next call",
            draft -> removed(draft, Told.class, told -> callsAgain(draft, told))),
        harmless(
            "answer missing at the end of a session",
            "nobody knows its outcome then",
            draft ->
                removed(
                    draft,
                    Told.class,
                    told ->
                        draft.call(told) instanceof Event.Commit commit
                            && told.outcome() == Outcome.DONE
                            && !callsAgain(draft, told)
                            && commit.durability() == Event.Durability.REMOTE)),
        found(
            "lines exchanged",
            draft -> {
              for (int tries = 0; tries < 100; tries++) {
                int place = draft.random.nextInt(draft.events.size() - 1);
                Event one = draft.events.get(place);
                Event other = draft.events.get(place + 1);
                if (isLive(one) && isLive(other) && one.time() < other.time()) {
                  Collections.swap(draft.events, place, place + 1);
                  return true;
                }
              }
              return false;
            }),
        found(
            "dated answer too old", dated(at -> at.lsn() > 0, at -> with(at, "lsn", at.lsn() - 1))),
        found("dated answer too young", dated(at -> true, at -> with(at, "lsn", at.lsn() + 1))));
  }

  private static boolean isLive(Event event) {
    return !(event instanceof Event.Logged) && !(event instanceof Event.Origin);
  }

  private static boolean isChange(Event.Call call) {
    return switch (call) {
      case Event.Commit commit -> true;
      case Event.Push push -> !push.transactions().isEmpty();
      case Event.Revert revert -> true;
      case Event.Pull pull -> false;
      case Event.Fork fork -> false;
    };
  }

  private static Predicate<Draft> told(
      BiPredicate<Event.Call, Told> fits, Function<Told, Told> change) {
    return draft ->
        draft
            .any(
                Told.class,
                told -> {
                  Event.Call call = draft.call(told);
                  return call != null && fits.test(call, told);
                })
            .map(told -> {
              draft.replace(told, change.apply(told));
              return true;
            })
            .orElse(false);
  }

  private static Predicate<Draft> dated(
      Predicate<Event.Dated> fits, Function<Event.Dated, Event.Dated> change) {
    return draft ->
        draft
            .any(Event.Dated.class, fits)
            .map(at -> {
              draft.replace(at, change.apply(at));
              return true;
            })
            .orElse(false);
  }

  private static <E extends Event> boolean removed(Draft draft, Class<E> type, Predicate<E> fits) {
    return draft
        .any(type, fits)
        .map(event -> {
          draft.remove(event);
          return true;
        })
        .orElse(false);
  }

  /** Whether an answer to a pull names a commit that had landed when it was asked for. */
  private static boolean missesLanded(Draft draft, Told told) {
    Event.Call call = draft.call(told);
    if (!(call instanceof Event.Pull) || told.outcome() != Outcome.DONE || told.lsn() < 1) {
      return false;
    }
    Event.Logged newest = draft.logged(call.volume(), told.lsn());
    return newest != null && newest.time() >= 0 && newest.time() < call.time();
  }

  private static boolean callsAgain(Draft draft, Told told) {
    Event.Call call = draft.call(told);
    return call != null
        && draft.events.subList(draft.place(told), draft.events.size()).stream()
            .anyMatch(event ->
                event instanceof Event.Call later && later.session().equals(call.session()));
  }
}
