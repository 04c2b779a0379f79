package dev.graft.sim.judge;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A clean history that is about to be changed at a place that a seed chooses. */
public final class Draft {
  final List<Event> events;
  final Random random;
  private final Map<Long, Event.Call> calls = new HashMap<>();
  private final Map<Long, Event.Told> answers = new HashMap<>();
  private final Map<String, Event.Logged> landed = new HashMap<>();
  private final Map<String, NavigableMap<Long, Event.Logged>> logs = new TreeMap<>();

  private final Map<String, Event.Commit> newest = new HashMap<>();
  private @Nullable Map<String, VolumeModel> models;

  /** A copy of a history. */
  public Draft(List<Event> history, Random random) {
    this.events = new ArrayList<>(history);
    this.random = random;
    for (Event event : history) {
      switch (event) {
        case Event.Call call -> {
          calls.put(call.call(), call);
          if (call instanceof Event.Commit commit) {
            newest.put(commit.transaction(), commit);
          }
        }
        case Event.Told told -> answers.put(told.call(), told);
        case Event.Logged logged -> {
          logged.transactions().forEach(name -> landed.put(name, logged));
          logs.computeIfAbsent(logged.volume(), name -> new TreeMap<>()).put(logged.lsn(), logged);
        }
        default -> {}
      }
    }
  }

  /** The history as it is now. */
  public List<String> lines() {
    return events.stream().map(EventWriter::line).toList();
  }

  /** One of the events of a kind. */
  <E extends Event> Optional<E> any(Class<E> type, Predicate<E> fits) {
    List<E> all = events.stream().filter(type::isInstance).map(type::cast).filter(fits).toList();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  void replace(Event old, Event by) {
    events.set(place(old), by);
  }

  void remove(Event event) {
    events.remove(place(event));
  }

  /** Where exactly this event is, not one that equals it. */
  int place(Event event) {
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i) == event) {
        return i;
      }
    }
    throw new AssertionError("not in the history: " + event);
  }

  Event.@Nullable Told answer(Event.Call call) {
    return answers.get(call.call());
  }

  boolean isTold(Event.Call call, Event.Outcome outcome) {
    Event.Told answer = answers.get(call.call());
    return answer != null && answer.outcome() == outcome;
  }

  Event.@Nullable Call call(Event.Told told) {
    return calls.get(told.call());
  }

  /** Whether this is what a transaction in the log is: it may have been made anew, and again. */
  boolean isIn(Event.Commit commit) {
    return newest.get(commit.transaction()) == commit && landed.containsKey(commit.transaction());
  }

  Event.@Nullable Logged landed(String transaction) {
    return landed.get(transaction);
  }

  NavigableMap<Long, Event.Logged> log(String volume) {
    return logs.getOrDefault(volume, new TreeMap<>());
  }

  Event.@Nullable Logged logged(String volume, long lsn) {
    return log(volume).get(lsn);
  }

  /** A volume as the clean history has it; null when it has no log. */
  @Nullable VolumeModel model(String volume) {
    Map<String, VolumeModel> known = models;
    if (known == null) {
      known = new Replay(History.of(lines(), new Findings()), new Findings()).play();
      models = known;
    }
    return known.get(volume);
  }

  /** A line for an event as it was with one part of it exchanged. */
  static <R extends Record> R with(R old, String part, @Nullable Object value) {
    try {
      RecordComponent[] parts = old.getClass().getRecordComponents();
      Class<?>[] types = new Class<?>[parts.length];
      Object[] values = new Object[parts.length];
      boolean found = false;
      for (int i = 0; i < parts.length; i++) {
        types[i] = parts[i].getType();
        boolean isIt = parts[i].getName().equals(part);
        found |= isIt;
        values[i] = isIt ? value : parts[i].getAccessor().invoke(old);
      }
      if (!found) {
        throw new AssertionError(old.getClass() + " has no " + part);
      }
      @SuppressWarnings("unchecked")
      Class<R> type = (Class<R>) old.getClass();
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
