/**
 * The log of a volume on an object store: commits, rollups, checkpoints, changes since. Its one
 * door is {@link dev.graft.engine.EngineRemote}.
 */
@NullMarked
package dev.graft.engine;

import org.jspecify.annotations.NullMarked;
