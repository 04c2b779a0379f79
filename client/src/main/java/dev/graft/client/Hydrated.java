package dev.graft.client;

/**
 * What a hydration brought. Bytes are those of the frames in the store.
 *
 * @param framesFetched that were not here before
 * @param bytesFetched of these
 * @param framesHere that needed no fetch
 * @param bytesHere of these
 * @param reads range reads that were made
 */
public record Hydrated(
    long framesFetched, long bytesFetched, long framesHere, long bytesHere, long reads) {}
