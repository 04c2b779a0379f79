package dev.graft.client;

import dev.graft.client.cache.FrameCache;

/**
 * What came of a look at every frame of a replica's cache.
 *
 * @param soundBytes bytes of content that are as their checksums say
 * @param damagedFrames frames that are not; they count as not here, and are fetched again when read
 */
public record CacheProof(long soundBytes, long damagedFrames) {
  static CacheProof of(FrameCache cache) {
    long damaged = cache.proveAll();
    return new CacheProof(cache.bytes(), damaged);
  }
}
