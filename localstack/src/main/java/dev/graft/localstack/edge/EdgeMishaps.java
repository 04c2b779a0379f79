package dev.graft.localstack.edge;

import dev.graft.localstack.web.WebRequest;

/** Decides what goes wrong between viewer, edge and functions. Safe for use by many threads. */
public interface EdgeMishaps {
  /** Nothing ever does. */
  EdgeMishaps NONE = _ -> Mishap.NONE;

  /** Asked once for every request that the viewer check let through. */
  Mishap next(WebRequest request);

  /** What happens to one request. */
  enum Mishap {
    /** Nothing. */
    NONE,
    /** The connection breaks before anything was done. */
    LOSE_REQUEST,
    /** All is done, and the connection breaks before the first byte of the answer. */
    LOSE_ANSWER,
    /** All is done, and the connection breaks in the middle of the answer. */
    CUT_ANSWER,
    /** All is done, and the viewer sees 504. */
    TIME_OUT
  }
}
