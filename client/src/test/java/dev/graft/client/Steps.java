package dev.graft.client;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the steps of a piece of work by name, and dies at one of them. */
final class Steps {
  /** Nobody catches it: the process has died. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed(String step) {
      super("planned death at " + step);
    }
  }

  /** How often each step was died at, over all runs. */
  final TreeMap<String, Integer> deaths = new TreeMap<>();

  private int step;
  private int deadly = -1;
  private boolean dead;
  private @Nullable RuntimeException trouble;
  private String troubled = "";

  /** Begins a run that dies at the step of that number; at none when it is negative. */
  synchronized void begin(int at) {
    step = 0;
    deadly = at;
    dead = false;
  }

  /** Lets a step fail once without dying. */
  synchronized void failOnce(String name, RuntimeException why) {
    trouble = why;
    troubled = name;
  }

  synchronized void hit(String name) {
    RuntimeException why = trouble;
    if (why != null && name.equals(troubled)) {
      trouble = null;
      throw why;
    }
    if (dead) {
      throw new Killed(name);
    }
    if (step++ == deadly) {
      dead = true;
      deaths.merge(name, 1, Integer::sum);
      throw new Killed(name);
    }
  }

  /** Whether the step that was to fail has failed. */
  synchronized boolean hasFailed() {
    return trouble == null;
  }

  synchronized boolean isDead() {
    return dead;
  }
}
