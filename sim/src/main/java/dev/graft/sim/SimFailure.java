package dev.graft.sim;

import org.jspecify.annotations.Nullable;

/**
 * A simulation found something wrong: nobody can run any more, a task failed and nobody asked, or
 * the run has no end. The message names the seed and the last events.
 */
public final class SimFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SimFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
