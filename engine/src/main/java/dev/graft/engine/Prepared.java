package dev.graft.engine;

import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.log.Commit;
import java.time.Instant;
import java.util.Optional;

/**
 * A commit that is ready to be put.
 *
 * @param commit the object
 * @param notAfter the last moment for it: it names no segment that may be gone by then
 * @param own a segment that the engine wrote for it, because the pages did not fit the commit
 */
record Prepared(Commit commit, Instant notAfter, Optional<Segment> own) {}
