package dev.graft.sim.lambda;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.graft.functions.InvocationContext;
import dev.graft.sim.SimConcurrency;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A function: instances of it, each with what it remembers, and each serving one invocation at a
 * time. Two serve by turns from the beginning, as the seed decides; when all are busy another one
 * is started.
 */
final class SimFunction {
  private static final int MILLIS_LEFT = 900_000;

  private static final int WARM = 2;

  /** Functions that nothing is changed by. */
  private static final Set<String> QUESTIONS = Set.of("changes", "ranges");

  private static final Duration LONGEST_START = Duration.ofSeconds(1);

  private final String name;
  private final SimConcurrency sim;
  private final Luck luck;
  private final Supplier<RequestStreamHandler> starter;
  private final List<RequestStreamHandler> idle = new ArrayList<>();
  private int instances;

  /**
   * @param starter gives the handler of a new instance
   */
  SimFunction(String name, SimConcurrency sim, Luck luck, Supplier<RequestStreamHandler> starter) {
    this.name = name;
    this.sim = sim;
    this.luck = luck;
    this.starter = starter;
  }

  /**
   * Runs one event on one instance, and waits for its answer.
   *
   * @throws IOException when the function fails, as Lambda tells it
   */
  byte[] invoke(byte[] event) throws IOException {
    RequestStreamHandler instance = take();
    try {
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      instance.handleRequest(
          new ByteArrayInputStream(event),
          answer,
          new InvocationContext("sim", name, "simulated", MILLIS_LEFT, line -> {}));
      return answer.toByteArray();
    } finally {
      idle.add(instance);
    }
  }

  /** Whether an event of it may change something; the others only ask. */
  boolean changes() {
    return !QUESTIONS.contains(name);
  }

  private RequestStreamHandler take() {
    while (instances < WARM) {
      instances++;
      idle.add(starter.get());
    }
    if (!idle.isEmpty()) {
      return idle.remove(luck.below(idle.size()));
    }
    instances++;
    sim.note(name + " has " + instances + " instances");
    luck.pause(LONGEST_START);
    return starter.get();
  }

  @Override
  public String toString() {
    return name;
  }
}
