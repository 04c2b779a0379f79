package dev.graft.s3.fake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Which requests of a fake S3 go wrong: planned ones by count, others by a seed. Thread-safe. */
public final class Faults {
  private record Planned(Fault fault, String keyPart) {}

  private record Weather(Random random, double rate, List<Fault> faults) {}

  private final List<Planned> plan = new ArrayList<>();
  private final Deque<Weather> weather = new ArrayDeque<>();
  private final Map<Fault, Long> hits = new EnumMap<>(Fault.class);
  private Duration delay = Duration.ofMillis(100);

  Faults() {}

  /** The next so many requests that the fault concerns meet it. */
  public Faults next(Fault fault, int count) {
    return next(fault, count, "");
  }

  /** The next so many requests whose path contains the part, and that it concerns, meet it. */
  public synchronized Faults next(Fault fault, int count, String keyPart) {
    for (int i = 0; i < count; i++) {
      plan.add(new Planned(fault, keyPart));
    }
    return this;
  }

  /**
   * From now on a part of all requests meets one of these faults.
   *
   * @param rate 0..1, of the requests that one of them concerns
   */
  public synchronized Faults sometimes(long seed, double rate, Fault... faults) {
    weather.add(new Weather(new Random(seed), rate, List.of(faults)));
    return this;
  }

  /** How long {@link Fault#DELAYED} and {@link Fault#LANDS_LATE} take. */
  public synchronized Faults delay(Duration length) {
    delay = length;
    return this;
  }

  /** Nothing goes wrong any more. */
  public synchronized void end() {
    plan.clear();
    weather.clear();
  }

  /** How often it has happened. A test of a fault asserts that it has. */
  public synchronized long hits(Fault fault) {
    return hits.getOrDefault(fault, 0L);
  }

  /** How often any has happened. */
  public synchronized long hits() {
    return hits.values().stream().mapToLong(Long::longValue).sum();
  }

  synchronized Duration delay() {
    return delay;
  }

  synchronized Optional<Fault> draw(RequestKind kind, String path) {
    for (Planned planned : plan) {
      if (planned.fault.concerns(kind) && path.contains(planned.keyPart)) {
        plan.remove(planned);
        return Optional.of(hit(planned.fault));
      }
    }
    for (Weather now : weather) {
      List<Fault> possible = now.faults.stream().filter(fault -> fault.concerns(kind)).toList();
      if (!possible.isEmpty() && now.random.nextDouble() < now.rate) {
        return Optional.of(hit(possible.get(now.random.nextInt(possible.size()))));
      }
    }
    return Optional.empty();
  }

  private Fault hit(Fault fault) {
    hits.merge(fault, 1L, Long::sum);
    return fault;
  }
}
