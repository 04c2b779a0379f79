package dev.graft.localstack.edge;

/**
 * What an edge did until now.
 *
 * @param requests that viewers sent
 * @param refused requests that the viewer check turned away
 * @param commands requests that went on to the functions
 * @param hits GETs and HEADs that were answered without the origin
 * @param misses GETs and HEADs that needed the origin
 * @param collapsed of the misses, those that another viewer's request to the origin served
 * @param originRequests to the origin of immutable objects
 * @param originBytes of objects that it gave
 * @param rangeBytes of objects that went to viewers
 * @param evictedBytes that left the cache to make room
 * @param cachedBytes in the cache now
 */
public record EdgeCounts(
    long requests,
    long refused,
    long commands,
    long hits,
    long misses,
    long collapsed,
    long originRequests,
    long originBytes,
    long rangeBytes,
    long evictedBytes,
    long cachedBytes) {
  /** What came between an earlier count and this one; the cache's size is today's. */
  public EdgeCounts minus(EdgeCounts earlier) {
    return new EdgeCounts(
        requests - earlier.requests,
        refused - earlier.refused,
        commands - earlier.commands,
        hits - earlier.hits,
        misses - earlier.misses,
        collapsed - earlier.collapsed,
        originRequests - earlier.originRequests,
        originBytes - earlier.originBytes,
        rangeBytes - earlier.rangeBytes,
        evictedBytes - earlier.evictedBytes,
        cachedBytes);
  }
}
