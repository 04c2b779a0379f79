package dev.graft.functions.service;

import dev.graft.http.UploadsAnswer;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import java.time.Duration;

/**
 * Says where a segment that is too large for a function may be put. Safe for use by many threads.
 */
@FunctionalInterface
public interface SegmentPlaces {
  /** How long what it says is good: a segment's id may be 10 minutes old when its upload ends. */
  Duration VALIDITY = Duration.ofMinutes(10);

  /**
   * An address for exactly these bytes at exactly this place, while nothing stands there.
   *
   * @return its {@code serverTime} is not looked at
   */
  UploadsAnswer.Presigned place(VolumeId volume, SegmentEntry entry);
}
