package dev.graft.functions.service;

import dev.graft.auth.Verdict;
import dev.graft.http.Route;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request is admitted; in production an {@link dev.graft.auth.Admission}. Safe
 * for use by many threads.
 */
@FunctionalInterface
public interface Gate {
  /**
   * Decides on one request.
   *
   * @param token what its header held; null when there was none
   */
  Verdict admit(@Nullable String token, Route route);
}
