package dev.graft.sim.world;

import dev.graft.sim.SimConcurrency;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.EventWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Writes a history down as it happens. For the tasks of one simulation. */
public final class Recorder {
  private final SimConcurrency sim;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, Long> reverts = new HashMap<>();
  private final ShownWaiting waiting = new ShownWaiting();
  private long calls;

  Recorder(SimConcurrency sim) {
    this.sim = sim;
  }

  /**
   * Nanoseconds since the world began; later than any that was given before, so that the times of a
   * history say what came first where nothing waits.
   */
  long now() {
    return sim.tick().toNanos();
  }

  /** The same of an instant; -1 for one that lies before. */
  static long since(Instant instant) {
    long nanos = Duration.between(SimConcurrency.START, instant).toNanos();
    return Math.max(nanos, -1);
  }

  /** Notes that a transaction goes back to an LSN. */
  void reverts(String transaction, long to) {
    reverts.put(transaction, to);
  }

  /** The LSN that a transaction was to go back to; nothing when it is no revert. */
  OptionalLong revertTo(String transaction) {
    Long to = reverts.get(transaction);
    return to == null ? OptionalLong.empty() : OptionalLong.of(to);
  }

  /** A number for a call. */
  long nextCall() {
    return ++calls;
  }

  /** Writes one event, which is a part of the trace from then on. */
  void add(Event event) {
    String line = EventWriter.line(event);
    lines.add(line);
    sim.note(line);
    waiting.saw(event).ifPresent(missing -> add(new Event.Claim(now(), false, missing)));
  }

  /** Writes one event from outside the simulation's time: what an observer found. */
  void addQuietly(Event event) {
    lines.add(EventWriter.line(event));
  }

  /** All lines. */
  public List<String> lines() {
    return lines;
  }
}
