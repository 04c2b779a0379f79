/** The records of a volume's log: commits, rollups, checkpoints, state. */
@NullMarked
package dev.graft.protocol.log;

import org.jspecify.annotations.NullMarked;
