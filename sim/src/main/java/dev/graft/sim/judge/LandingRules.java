package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Nothing lands before it is asked for, or unasked. */
final class LandingRules {
  private final History history;
  private final Findings findings;

  /** By client and volume: the calls that may bring what waits there to the store. */
  private final Map<Place, List<At<Event.Call>>> calls = new HashMap<>();

  private final Map<String, List<At<Event.Discarded>>> discards = new HashMap<>();

  private record Place(String owner, String volume) {}

  LandingRules(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    for (At<Event> at : history.lines()) {
      switch (at.event()) {
        case Event.Push push -> calls(client(push.session()), push).add(new At<>(at.line(), push));
        case Event.Commit commit -> {
          if (commit.durability() == Event.Durability.REMOTE) {
            calls(commit.client(), commit).add(new At<>(at.line(), commit));
          }
        }
        case Event.Discarded given ->
            given
                .transactions()
                .forEach(name ->
                    discards
                        .computeIfAbsent(name, unknown -> new ArrayList<>())
                        .add(new At<>(at.line(), given)));
        default -> {}
      }
    }
    history
        .attempts()
        .forEach((transaction, attempts) -> {
          Event.Commit first = attempts.getFirst().event();
          notBefore(transaction, first.time(), attempts.getFirst().line());
          boolean isLocal =
              attempts.stream()
                  .allMatch(made -> made.event().durability() == Event.Durability.LOCAL);
          if (isLocal) {
            history
                .landed(transaction)
                .forEach(landed -> asked(transaction, attempts.getFirst(), landed));
          }
        });
  }

  private List<At<Event.Call>> calls(String client, Event.Call call) {
    return calls.computeIfAbsent(new Place(client, call.volume()), unknown -> new ArrayList<>());
  }

  private void notBefore(String transaction, long time, int line) {
    for (At<Event.Logged> place : history.landed(transaction)) {
      if (place.event().time() >= 0 && place.event().time() < time) {
        findings.add(
            Kind.REAL_TIME,
            transaction + " landed as " + LogRules.name(place) + " before it was handed over",
            line,
            place.line());
      }
    }
  }

  /** What was committed locally comes to the store when its client asks for it, or never. */
  private void asked(String transaction, At<Event.Commit> made, At<Event.Logged> landed) {
    At<Event.Discarded> given = discarded(transaction, made.event().client(), landed.event());
    boolean asked =
        calls
            .getOrDefault(new Place(made.event().client(), made.event().volume()), List.of())
            .stream()
            .filter(call -> isBefore(call.event().time(), landed.event()))
            .filter(call -> given == null || outlives(call, given.line()))
            .anyMatch(call -> isOf(call, transaction, made));
    if (!asked) {
      findings.add(
          Kind.UNASKED_COMMIT,
          transaction
              + " was committed locally, no push may have brought it to the store"
              + (given == null ? "" : " after it was given up")
              + ", and it is in the log as "
              + LogRules.name(landed),
          given == null ? made.line() : given.line(),
          landed.line());
    }
  }

  /** Whether something was under way when a commit landed. */
  private static boolean isBefore(long time, Event.Logged landed) {
    return landed.time() < 0 || time <= landed.time();
  }

  /** The line that gives up a transaction before it landed; null when none does. */
  private @Nullable At<Event.Discarded> discarded(
      String transaction, String client, Event.Logged landed) {
    for (At<Event.Discarded> given : discards.getOrDefault(transaction, List.of())) {
      if (given.event().client().equals(client) && given.event().time() < landed.time()) {
        return given;
      }
    }
    return null;
  }

  /** Whether a call may still bring something to the store when a line was written. */
  private boolean outlives(At<Event.Call> call, int line) {
    At<Event.Told> answer = history.answer(call.event().call());
    return answer == null
        || answer.line() > line
        || answer.event().outcome() == Event.Outcome.UNKNOWN;
  }

  /** Whether a call may have been about a transaction, and have brought it to the store. */
  private boolean isOf(At<Event.Call> call, String transaction, At<Event.Commit> made) {
    return switch (call.event()) {
      case Event.Push push ->
          mayLand(push)
              && (push.transactions().contains(transaction) || isBeside(call, made, push.time()));
      // Before it goes, it pushes what waits, whatever becomes of itself.
      case Event.Commit commit ->
          commit.view().pending().contains(transaction) || isBeside(call, made, commit.began());
      case Event.Pull pull -> false;
      case Event.Revert revert -> false;
      case Event.Fork fork -> false;
    };
  }

  /**
   * Whether a call of the same process was open together with a local commit, so that it may have
   * taken it along without a word.
   *
   * @param began when the call looked what waits
   */
  private boolean isBeside(At<Event.Call> call, At<Event.Commit> made, long began) {
    At<Event.Told> ended = history.answer(call.event().call());
    At<Event.Told> safe = history.answer(made.event().call());
    return process(call.event().session()).equals(process(made.event().session()))
        && (ended == null || ended.line() > made.line())
        && (safe == null || safe.event().time() >= began);
  }

  private boolean mayLand(Event.Push push) {
    At<Event.Told> answer = history.answer(push.call());
    return answer == null
        || switch (answer.event().outcome()) {
          case DONE, FORKED, UNKNOWN, LOCAL -> true;
          case CONFLICT, NOTHING -> false;
        };
  }

  /** A session's name begins with its client's. */
  static String client(String session) {
    int dot = session.indexOf('.');
    return dot < 0 ? session : session.substring(0, dot);
  }

  /** After it comes the number of the process; a thread may follow. */
  static String process(String session) {
    int dot = session.indexOf('.', client(session).length() + 1);
    return dot < 0 ? session : session.substring(0, dot);
  }
}
