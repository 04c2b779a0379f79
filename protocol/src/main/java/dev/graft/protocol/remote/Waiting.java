package dev.graft.protocol.remote;

import dev.graft.protocol.id.VolumeId;

/**
 * What of a volume's objects no snapshot that can be asked for uses: bytes that wait to be removed.
 *
 * @param volume which
 * @param objects how many such objects were found
 * @param bytes what they take
 * @param youngSegments segments beside them that nothing names and that are younger than 72 hours:
 *     they may belong to a push that is under way
 * @param complete whether all objects were looked at; else there are more
 */
public record Waiting(
    VolumeId volume, long objects, long bytes, long youngSegments, boolean complete) {}
