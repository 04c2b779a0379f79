package dev.graft.sim.judge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Volumes and clients that do everything right, as simple as can be, and write down a history.
 * Commits take effect when they are called; their answers can be told later.
 */
final class ReferenceWorld {
  /** A volume at an LSN. */
  record State(long count, Map<Long, String> pages) {
    String content(long page) {
      return pages.getOrDefault(page, Event.ZEROS);
    }

    State after(Work work) {
      Map<Long, String> changed = new TreeMap<>(pages);
      long newCount = count;
      if (work.cutTo >= 0) {
        changed.keySet().removeIf(page -> page > work.cutTo);
        newCount = work.cutTo;
      }
      for (Map.Entry<Long, String> write : work.writes.entrySet()) {
        changed.put(write.getKey(), write.getValue());
        newCount = Math.max(newCount, write.getKey());
      }
      changed.values().removeIf(Event.ZEROS::equals);
      return new State(newCount, changed);
    }
  }

  /** What a transaction does; cut to -1 pages is no cut. */
  record Work(String name, Set<Long> reads, Map<Long, String> writes, long cutTo) {}

  /** A client, its folder included. */
  static final class Client {
    final String name;
    final String volume;
    int restarts;
    long lsn;
    final List<Work> pending = new ArrayList<>();

    Client(String name, String volume) {
      this.name = name;
      this.volume = volume;
    }

    String session() {
      return name + "." + restarts;
    }

    List<String> names() {
      return pending.stream().map(Work::name).toList();
    }
  }

  /** The snapshot that a transaction pinned. */
  record Pinned(long began, View view, State state) {}

  final List<Event> events = new ArrayList<>();
  final Map<String, List<State>> volumes = new LinkedHashMap<>();
  private final List<Event> log = new ArrayList<>();
  private final Map<String, Work> works = new HashMap<>();
  private final Map<String, Set<Long>> changedBy = new HashMap<>();
  private long calls;

  /** Begins late enough for segments that are older than a day. */
  private long time = Duration.ofHours(30).toNanos();

  private long counter;

  Client client(String name, String volume) {
    volumes.computeIfAbsent(volume, unknown -> new ArrayList<>(List.of(new State(0, Map.of()))));
    return new Client(name, volume);
  }

  long tick() {
    time += 1_000_000;
    return time;
  }

  private List<State> states(String volume) {
    return Objects.requireNonNull(volumes.get(volume), volume);
  }

  long head(String volume) {
    return states(volume).size() - 1;
  }

  State at(String volume, long lsn) {
    return states(volume).get((int) lsn);
  }

  Pinned pin(Client client) {
    State state = at(client.volume, client.lsn);
    for (Work work : client.pending) {
      state = state.after(work);
    }
    return new Pinned(tick(), new View(client.lsn, client.names(), state.count()), state);
  }

  static Work work(String name, Set<Long> reads, long... pages) {
    Map<Long, String> writes = new TreeMap<>();
    for (long page : pages) {
      writes.put(page, name + ":" + page);
    }
    return new Work(name, reads, writes, -1);
  }

  static Work cut(String name, long cutTo) {
    return new Work(name, Set.of(), new TreeMap<>(), cutTo);
  }

  private Event.Commit call(
      Client client, Pinned pinned, Work work, Event.Durability durability, String policy) {
    Map<Long, String> reads = new TreeMap<>();
    work.reads.forEach(page -> reads.put(page, pinned.state.content(page)));
    State after = pinned.state.after(work);
    long smallest =
        work.cutTo < 0 ? pinned.state.count() : Math.min(work.cutTo, pinned.state.count());
    works.put(work.name, work);
    Event.Commit commit =
        new Event.Commit(
            tick(),
            ++calls,
            client.session(),
            client.name,
            client.volume,
            work.name,
            work.name,
            pinned.began,
            pinned.view,
            reads,
            new TreeSet<>(work.reads),
            work.writes,
            after.count(),
            smallest,
            durability,
            policy);
    events.add(commit);
    return commit;
  }

  private Event.Told told(Event.Call call, Event.Outcome outcome, long lsn) {
    return new Event.Told(tick(), call.call(), outcome, lsn);
  }

  private long land(String volume, List<Work> list) {
    List<State> states = states(volume);
    State state = states.getLast();
    for (Work work : list) {
      state = state.after(work);
    }
    long lsn = states.size();
    Set<Long> changed = new TreeSet<>(state.pages().keySet());
    State before = states.getLast();
    State after = state;
    changed.addAll(before.pages().keySet());
    changed.removeIf(page -> before.content(page).equals(after.content(page)));
    list.forEach(work -> changed.addAll(work.writes.keySet()));
    changedBy.put(volume + lsn, changed);
    states.add(state);
    log.add(
        new Event.Logged(
            time,
            volume,
            lsn,
            list.stream().map(Work::name).toList(),
            state.count(),
            time,
            -1,
            -1));
    return lsn;
  }

  private boolean mergeable(Client client, long base, List<Work> list) {
    for (long lsn = base + 1; lsn <= head(client.volume); lsn++) {
      Set<Long> changed = changedBy.getOrDefault(client.volume + lsn, Set.of());
      for (Work work : list) {
        boolean meets =
            work.cutTo >= 0
                || changed.stream()
                    .anyMatch(page -> work.reads.contains(page) || work.writes.containsKey(page));
        if (meets || at(client.volume, lsn).count() < at(client.volume, base).count()) {
          return false;
        }
      }
    }
    return true;
  }

  /** Commits to the store; gives the answer, which the caller hears when it is told. */
  Event.Told commit(Client client, Pinned pinned, Work work, String policy) {
    Event.Commit call = call(client, pinned, work, Event.Durability.REMOTE, policy);
    boolean alone = pinned.view.lsn() == head(client.volume) && client.pending.isEmpty();
    boolean merges =
        policy.equals("merge")
            && client.pending.isEmpty()
            && mergeable(client, pinned.view.lsn(), List.of(work));
    if (!alone && !merges) {
      return told(call, Event.Outcome.CONFLICT, 0);
    }
    client.lsn = land(client.volume, List.of(work));
    return told(call, Event.Outcome.DONE, client.lsn);
  }

  /** The same, told at once. */
  void commit(Client client, Work work) {
    hear(commit(client, pin(client), work, "reject"));
  }

  /** An answer comes; gives it as it is written down. */
  Event.Told hear(Event.Told answer) {
    Event.Told heard = new Event.Told(tick(), answer.call(), answer.outcome(), answer.lsn());
    events.add(heard);
    return heard;
  }

  void commitLocal(Client client, Work work) {
    Event.Commit call = call(client, pin(client), work, Event.Durability.LOCAL, "reject");
    client.pending.add(work);
    events.add(told(call, Event.Outcome.LOCAL, 0));
  }

  void push(Client client, String policy) {
    Event.Push call =
        new Event.Push(tick(), ++calls, client.session(), client.volume, client.names(), policy);
    events.add(call);
    boolean alone = client.lsn == head(client.volume);
    boolean lands =
        alone || (policy.equals("merge") && mergeable(client, client.lsn, client.pending));
    if (client.pending.isEmpty() || !lands) {
      Event.Outcome outcome =
          client.pending.isEmpty() ? Event.Outcome.NOTHING : Event.Outcome.CONFLICT;
      events.add(told(call, outcome, 0));
      return;
    }
    client.lsn = land(client.volume, List.copyOf(client.pending));
    client.pending.clear();
    events.add(told(call, Event.Outcome.DONE, client.lsn));
  }

  void pull(Client client) {
    Event.Pull call = new Event.Pull(tick(), ++calls, client.session(), client.volume);
    events.add(call);
    if (client.pending.isEmpty()) {
      client.lsn = head(client.volume);
    }
    boolean moved = client.pending.isEmpty();
    events.add(told(call, moved ? Event.Outcome.DONE : Event.Outcome.NOTHING, client.lsn));
  }

  void read(Client client, Set<Long> pages) {
    Pinned pinned = pin(client);
    Map<Long, String> reads = new TreeMap<>();
    pages.forEach(page -> reads.put(page, pinned.state.content(page)));
    events.add(
        new Event.Read(
            tick(),
            client.session(),
            client.volume,
            pinned.began,
            pinned.view,
            reads,
            "current",
            -1));
  }

  void whole(String session, String volume, long lsn) {
    State state = at(volume, lsn);
    events.add(
        new Event.Read(
            tick(),
            session,
            volume,
            time,
            View.of(lsn, state.count()),
            state.pages(),
            "whole",
            lsn));
  }

  /** Reads a commit of the past. */
  void past(Client client, long lsn, Set<Long> pages) {
    State state = at(client.volume, lsn);
    Map<Long, String> reads = new TreeMap<>();
    pages.forEach(page -> reads.put(page, state.content(page)));
    long began = tick();
    View view = View.of(lsn, state.count());
    events.add(
        new Event.Read(tick(), client.session(), client.volume, began, view, reads, "past", lsn));
  }

  void discard(Client client) {
    events.add(new Event.Discarded(tick(), client.name, client.names()));
    client.pending.clear();
  }

  void restart(Client client) {
    client.restarts++;
    standing(client);
  }

  void standing(Client client) {
    events.add(
        new Event.Standing(
            tick(), client.session(), client.name, client.volume, client.lsn, client.names()));
  }

  void fork(Client client, String child) {
    Event.Fork call =
        new Event.Fork(tick(), ++calls, client.session(), client.volume, client.lsn, child);
    events.add(call);
    State state = at(client.volume, client.lsn);
    volumes.put(child, new ArrayList<>(List.of(new State(0, Map.of()), state)));
    log.add(new Event.Logged(time, child, 1, List.of(), state.count(), time, -1, -1));
    log.add(new Event.Origin(time, child, client.volume, client.lsn));
    events.add(told(call, Event.Outcome.DONE, 1));
  }

  void revert(Client client, String name, long to) {
    Pinned pinned = pin(client);
    Event.Revert call =
        new Event.Revert(tick(), ++calls, client.session(), client.volume, name, pinned.view, to);
    events.add(call);
    List<State> states = states(client.volume);
    State before = states.getLast();
    State after = at(client.volume, to);
    Set<Long> changed = new TreeSet<>(before.pages().keySet());
    changed.addAll(after.pages().keySet());
    changed.removeIf(page -> before.content(page).equals(after.content(page)));
    client.lsn = states.size();
    changedBy.put(client.volume + client.lsn, changed);
    states.add(after);
    log.add(
        new Event.Logged(
            time, client.volume, client.lsn, List.of(name), after.count(), time, -1, to));
    events.add(told(call, Event.Outcome.DONE, client.lsn));
  }

  /** Asks for the snapshot of when a commit was made. */
  void dated(Client client, long lsn) {
    for (Event event : List.copyOf(log)) {
      if (event instanceof Event.Logged logged
          && logged.volume().equals(client.volume)
          && logged.lsn() == lsn) {
        long began = tick();
        events.add(
            new Event.Dated(
                tick(), client.session(), client.volume, began, logged.commitTime(), lsn));
      }
    }
  }

  /** The same number as last. */
  void shownAgain(Client client) {
    counter--;
    shown(client);
  }

  void shown(Client client) {
    Pinned pinned = pin(client);
    events.add(
        new Event.Shown(tick(), "p", client.session(), client.volume, ++counter, pinned.view));
  }

  /** All events, the log last. */
  List<Event> history() {
    List<Event> all = new ArrayList<>(events);
    all.addAll(log);
    return all;
  }

  /** The history with events of one kind changed, where the change gives another one. */
  static <E extends Event> List<Event> changed(
      List<Event> history, Class<E> type, UnaryOperator<E> change) {
    List<Event> result = new ArrayList<>();
    for (Event event : history) {
      result.add(type.isInstance(event) ? change.apply(type.cast(event)) : event);
    }
    return result;
  }
}
