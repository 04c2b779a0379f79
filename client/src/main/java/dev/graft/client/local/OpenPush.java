package dev.graft.client.local;

import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.remote.CommitRequest;
import java.util.List;
import java.util.Set;

/**
 * A push whose outcome is not known.
 *
 * @param transactions how many of the oldest local commits it carries
 * @param request to be sent unchanged
 * @param segments that have to be in the store before
 * @param uploaded those that are
 */
public record OpenPush(
    int transactions, CommitRequest request, List<SegmentEntry> segments, Set<SegmentId> uploaded) {
  public OpenPush {
    segments = List.copyOf(segments);
    uploaded = Set.copyOf(uploaded);
  }

  /** Whether its request may have been sent: it is not before all segments are in the store. */
  public boolean maySent() {
    return segments.stream().allMatch(entry -> uploaded.contains(entry.id()));
  }
}
