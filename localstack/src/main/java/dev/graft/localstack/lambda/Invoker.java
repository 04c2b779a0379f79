package dev.graft.localstack.lambda;

import java.io.IOException;

/** Runs a function on one event and waits for its answer. Safe for use by many threads. */
public interface Invoker {
  /**
   * One invocation.
   *
   * @param event as Lambda would hand it over; not changed
   * @throws IOException when the function failed, or there is none
   */
  byte[] invoke(byte[] event) throws IOException;
}
