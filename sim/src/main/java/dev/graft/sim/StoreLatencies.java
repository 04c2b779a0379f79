package dev.graft.sim;

/**
 * How long each kind of request to a store takes.
 *
 * @param get reads of objects
 * @param put conditional writes
 * @param list listings
 * @param delete removals
 */
public record StoreLatencies(
    LatencyModel get, LatencyModel put, LatencyModel list, LatencyModel delete) {
  /** Answers take no time. */
  public static final StoreLatencies NONE =
      new StoreLatencies(
          LatencyModel.NONE, LatencyModel.NONE, LatencyModel.NONE, LatencyModel.NONE);

  /** S3 from its own region: GET and LIST 25 ms at the median, PUT and DELETE 28 ms. */
  public static StoreLatencies s3() {
    LatencyModel read = LatencyModel.ofMillis(25, 40, 90);
    LatencyModel write = LatencyModel.ofMillis(28, 37, 75);
    return new StoreLatencies(read, write, read, write);
  }
}
