package dev.graft.protocol.remote;

import dev.graft.protocol.log.Position;
import java.time.Instant;

/**
 * A fork as it was made, now or by an earlier request like this one.
 *
 * @param child what is fixed about it
 * @param start its LSN 1: the same pages as the parent's snapshot
 * @param time the commit time of that
 */
public record Forked(VolumeInfo child, Position start, Instant time) {}
