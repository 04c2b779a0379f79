package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import dev.graft.sim.judge.Violation.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The order of the logs is the order of real time, and sessions only go forward. */
final class TimeRules {
  /** An LSN that somebody knew, and the line that shows it. */
  private record Known(long lsn, int line) {
    static final Known NOTHING = new Known(0, 0);

    Known or(long other, int otherLine) {
      return other > lsn ? new Known(other, otherLine) : this;
    }
  }

  /** When a transaction was first on its way to the store, and what was known then. */
  private record FirstTry(String volume, Known known, int line) {}

  private record Place(String session, String volume) {}

  private record PageOf(Place place, long page) {}

  private final History history;
  private final Map<String, VolumeModel> models;
  private final Findings findings;

  /** By volume: what anybody had been told. */
  private final Map<String, Known> told = new HashMap<>();

  /** By call: what anybody had been told when it began. */
  private final Map<Long, Known> atBegin = new HashMap<>();

  private final Map<Long, Event.Call> calls = new HashMap<>();

  /** By session and volume: the commits that it stood on, by the times when it was told. */
  private final Map<Place, NavigableMap<Long, Known>> standings = new HashMap<>();

  private final Map<PageOf, Known> seen = new HashMap<>();
  private final Map<String, FirstTry> firstTry = new HashMap<>();

  TimeRules(History history, Map<String, VolumeModel> models, Findings findings) {
    this.history = history;
    this.models = models;
    this.findings = findings;
  }

  void check() {
    for (At<Event> at : history.lines()) {
      switch (at.event()) {
        case Event.Call call -> begins(at.line(), call);
        case Event.Told answer -> ends(at.line(), answer);
        case Event.Read read -> {
          knows(at.line(), read.volume(), read.view());
          if (read.kind().equals("current")) {
            Place place = new Place(read.session(), read.volume());
            knowsOfThreads(at.line(), read.began(), place, read.view());
            forward(at.line(), read.began(), place, read.view(), read.reads());
          }
        }
        case Event.Standing standing -> {
          Place place = new Place(standing.session(), standing.volume());
          Known stood = stood(place, Long.MAX_VALUE);
          if (standing.lsn() < stood.lsn()) {
            back(at.line(), place, stood, standing.lsn());
          }
          stands(place, standing.time(), stood.or(standing.lsn(), at.line()));
        }
        default -> {}
      }
    }
    firstTry.forEach(this::landedAfter);
  }

  private void begins(int line, Event.Call call) {
    Known before = told.getOrDefault(call.volume(), Known.NOTHING);
    atBegin.put(call.call(), before);
    calls.put(call.call(), call);
    if (call instanceof Event.Commit commit) {
      knows(line, commit.volume(), commit.view());
    }
    FirstTry first = new FirstTry(call.volume(), before, line);
    switch (call) {
      case Event.Commit commit -> {
        Place place = new Place(commit.session(), commit.volume());
        if (history.answer(commit.call()) != null) {
          knowsOfThreads(line, commit.began(), place, commit.view());
        }
        forward(line, commit.began(), place, commit.view(), commit.reads());
        if (commit.durability() == Event.Durability.REMOTE) {
          firstTry.putIfAbsent(commit.transaction(), first);
        }
      }
      case Event.Push push ->
          push.transactions().forEach(name -> firstTry.putIfAbsent(name, first));
      case Event.Revert revert -> firstTry.putIfAbsent(revert.transaction(), first);
      case Event.Pull pull -> {}
      case Event.Fork fork -> {}
    }
  }

  /** Who stood on a commit shows that it was there, whoever made it. */
  private void knows(int line, String volume, View view) {
    told.merge(volume, new Known(view.lsn(), line), (old, now) -> old.or(now.lsn(), line));
  }

  /** A commit lies after all that was known in its volume when it was first tried. */
  private void landedAfter(String transaction, FirstTry tried) {
    for (At<Event.Logged> place : history.landed(transaction)) {
      boolean same = tried.volume().equals(place.event().volume());
      if (same && place.event().lsn() <= tried.known().lsn()) {
        findings.add(
            Kind.REAL_TIME,
            transaction
                + " was handed over when commit "
                + tried.known().lsn()
                + " was known, and lies at "
                + place.event().lsn(),
            tried.known().line(),
            tried.line(),
            place.line());
      }
    }
  }

  private void ends(int line, Event.Told answer) {
    Event.Call call = calls.get(answer.call());
    if (call == null) {
      findings.add(Kind.HISTORY, "call " + answer.call() + " did not begin", line);
      return;
    }
    if (answer.outcome() != Event.Outcome.DONE || call instanceof Event.Fork) {
      return;
    }
    Known before = atBegin.getOrDefault(answer.call(), Known.NOTHING);
    if (call instanceof Event.Pull && answer.lsn() < before.lsn()) {
      findings.add(
          Kind.REAL_TIME,
          call.session()
              + " asked for the head of "
              + call.volume()
              + " when commit "
              + before.lsn()
              + " was known, and was told "
              + answer.lsn(),
          before.line(),
          line);
    }
    if (call instanceof Event.Pull) {
      fresh(line, call, answer);
    }
    Place place = new Place(call.session(), call.volume());
    Known stood = stood(place, Long.MAX_VALUE);
    if (answer.lsn() < stood.lsn()) {
      back(line, place, stood, answer.lsn());
    }
    stands(place, answer.time(), stood.or(answer.lsn(), line));
    Place process = new Place(LandingRules.process(call.session()), call.volume());
    if (!process.equals(place)) {
      // Its other threads stand on the same.
      stands(process, answer.time(), stood(process, Long.MAX_VALUE).or(answer.lsn(), line));
    }
    told.merge(call.volume(), new Known(answer.lsn(), line), (old, now) -> old.or(now.lsn(), line));
  }

  /** Who asks for the head is told no less than what had landed, whoever knew of it. */
  private void fresh(int line, Event.Call pull, Event.Told answer) {
    At<Event.Logged> next = history.logged(pull.volume(), answer.lsn() + 1);
    boolean wasThere = next != null && next.event().time() >= 0;
    if (next != null && wasThere && next.event().time() < pull.time()) {
      findings.add(
          Kind.REAL_TIME,
          pull.session()
              + " asked for the head when "
              + LogRules.name(next)
              + " had landed, and was told "
              + answer.lsn(),
          line,
          next.line());
    }
  }

  private void back(int line, Place place, Known stood, long lsn) {
    findings.add(
        Kind.REGRESSION,
        place.session()
            + " stood on commit "
            + stood.lsn()
            + " of "
            + place.volume()
            + " and then on "
            + lsn,
        stood.line(),
        line);
  }

  private Known stood(Place place, long time) {
    NavigableMap<Long, Known> known = standings.get(place);
    Map.Entry<Long, Known> entry = known == null ? null : known.floorEntry(time);
    return entry == null ? Known.NOTHING : entry.getValue();
  }

  private void stands(Place place, long time, Known known) {
    NavigableMap<Long, Known> all = standings.computeIfAbsent(place, unknown -> new TreeMap<>());
    all.put(all.isEmpty() ? time : Math.max(time, all.lastKey()), known);
  }

  /** Threads of a process use one replica: what one was told, the others stand on as well. */
  private void knowsOfThreads(int line, long began, Place place, View view) {
    Place process = new Place(LandingRules.process(place.session()), place.volume());
    // At one and the same time nobody knows what came first.
    Known stood = stood(process, began - 1);
    if (!process.equals(place) && view.lsn() < stood.lsn()) {
      back(line, process, stood, view.lsn());
    }
  }

  private void forward(int line, long began, Place place, View view, Map<Long, String> reads) {
    Known stood = stood(place, began);
    if (view.lsn() < stood.lsn()) {
      back(line, place, stood, view.lsn());
    }
    Known newestStood = stood(place, Long.MAX_VALUE);
    if (view.lsn() < newestStood.lsn()) {
      // A snapshot that was pinned before the session moved on.
      return;
    }
    stands(place, began, newestStood.or(view.lsn(), line));
    VolumeModel model = models.get(place.volume());
    if (model == null || !view.pending().isEmpty()) {
      return;
    }
    for (long page : List.copyOf(reads.keySet())) {
      long lsn = model.at(page, view.lsn()).lsn();
      PageOf key = new PageOf(place, page);
      Known newest = seen.getOrDefault(key, Known.NOTHING);
      if (lsn < newest.lsn()) {
        findings.add(
            Kind.REGRESSION,
            place.session()
                + " saw page "
                + page
                + " as of commit "
                + newest.lsn()
                + " and then as of "
                + lsn,
            newest.line(),
            line);
      }
      seen.put(key, newest.or(lsn, line));
    }
  }
}
