package dev.graft.engine;

import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Root;
import java.time.Instant;

/**
 * The map of consecutive commits that was found in one object.
 *
 * @param first the first of these commits
 * @param firstTime its commit time
 * @param last the last of these commits
 * @param lastTime its commit time
 * @param root what they changed
 */
record Part(Position first, Instant firstTime, Position last, Instant lastTime, Root root) {}
