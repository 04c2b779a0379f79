package dev.graft.protocol.remote;

import dev.graft.protocol.log.SegmentEntry;
import java.time.Instant;

/**
 * A segment is in the store.
 *
 * @param entry as commits name it
 * @param serverTime the clock of the side that answers
 */
public record UploadReceipt(SegmentEntry entry, Instant serverTime) {}
