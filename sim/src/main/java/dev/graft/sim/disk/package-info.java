/**
 * A machine's disk that can be read through {@link java.nio.file.Path} like any other, and that
 * loses what was not synced when the power goes.
 */
@NullMarked
package dev.graft.sim.disk;

import org.jspecify.annotations.NullMarked;
