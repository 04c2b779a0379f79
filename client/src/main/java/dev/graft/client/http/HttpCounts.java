package dev.graft.client.http;

/**
 * What went over the network so far.
 *
 * @param attempts requests sent, whatever came of them
 * @param repeats those that were not the first of their call, nor the next part of a range
 * @param bytesOut of bodies
 * @param bytesIn of bodies, as far as they were looked at
 */
public record HttpCounts(long attempts, long repeats, long bytesOut, long bytesIn) {}
