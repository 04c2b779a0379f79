package dev.graft.protocol.log;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;

/**
 * A segment as a commit, rollup or checkpoint names it.
 *
 * @param id its id
 * @param lengthBytes of the whole object
 * @param sha256 of the whole object
 */
public record SegmentEntry(SegmentId id, int lengthBytes, Hash sha256) {}
