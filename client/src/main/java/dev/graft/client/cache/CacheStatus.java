package dev.graft.client.cache;

/**
 * What a cache holds and what it gave up. Counters are those of this process.
 *
 * @param boundBytes the most room that it takes
 * @param roomBytes the room that it takes now, in its data files or slabs
 * @param frames how many frames are here
 * @param frameBytes bytes of their content
 * @param untouchedBytes bytes of those that came and were not asked for yet
 * @param evictedFrames frames that were given up for others
 * @param evictedBytes bytes of their content
 * @param wastedFrames of these, the frames that nobody had asked for
 * @param movedBytes bytes that were written again because their file was given up and they were not
 * @param returnedFrames frames that came again after they had been given up
 * @param damagedFrames frames that were found damaged and forgotten
 * @param refusedFrames frames that the disk had no room for: they are in memory, for a while
 */
public record CacheStatus(
    long boundBytes,
    long roomBytes,
    long frames,
    long frameBytes,
    long untouchedBytes,
    long evictedFrames,
    long evictedBytes,
    long wastedFrames,
    long movedBytes,
    long returnedFrames,
    long damagedFrames,
    long refusedFrames) {}
