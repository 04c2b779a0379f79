package dev.graft.localstack.lambda;

import dev.graft.localstack.web.WebRequest;

/** Decides what goes wrong with invocations. Safe for use by many threads. */
public interface FunctionMishaps {
  /** Nothing ever does. */
  FunctionMishaps NONE = _ -> Mishap.NONE;

  /** Asked once for every request. */
  Mishap next(WebRequest request);

  /** What happens to one request. */
  enum Mishap {
    /** Nothing. */
    NONE,
    /** Too many run already: 429 without a problem document, and no invocation. */
    THROTTLED,
    /** The function is invoked and its answer lost. */
    LOSE_ANSWER,
    /** It is invoked twice, one after the other; the second answer is given. */
    TWICE,
    /** It is invoked twice at the same time; the first copy's answer is given. */
    TOGETHER,
    /** The caller is told of a time-out; the invocation comes with {@link FunctionUrl#late}. */
    LATE
  }
}
