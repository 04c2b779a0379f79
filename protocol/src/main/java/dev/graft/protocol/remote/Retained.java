package dev.graft.protocol.remote;

import dev.graft.protocol.id.VolumeId;
import java.util.List;

/**
 * What came of a change of what is kept.
 *
 * @param state as it is now
 * @param changed whether this request wrote it
 * @param trimmedCommits commits below the floor whose objects this request removed
 * @param placesCommits commits below the floor whose objects stay for now: they hold pages that a
 *     snapshot which can still be asked for uses, or was told to use less than 24 hours ago
 * @param waitsFor forks that were begun and not finished: while there are any, nothing is removed
 */
public record Retained(
    VolumeState state,
    boolean changed,
    long trimmedCommits,
    long placesCommits,
    List<VolumeId> waitsFor) {
  public Retained {
    waitsFor = List.copyOf(waitsFor);
  }
}
