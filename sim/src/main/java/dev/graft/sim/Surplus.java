package dev.graft.sim;

/**
 * A delivery of a request that was delivered already: a fault that is hit, once, when it changes
 * what comes of the request or when. For the tasks of one simulation.
 */
public final class Surplus {
  private final SimConcurrency sim;
  private final FaultHits hits;
  private final Fault fault;
  private final String request;
  private boolean counted;

  /**
   * A delivery that has changed nothing yet.
   *
   * @param request in words
   */
  public Surplus(SimConcurrency sim, FaultHits hits, Fault fault, String request) {
    this.sim = sim;
    this.hits = hits;
    this.fault = fault;
    this.request = request;
  }

  /** It had the store write, or its answer is the one that is heard. */
  public void changes() {
    if (!counted) {
      counted = true;
      hits.add(fault);
      sim.note(fault + " " + request);
    }
  }
}
