/** Real processes on one store in a folder, killed at random. */
@NullMarked
package dev.graft.sim.kill;

import org.jspecify.annotations.NullMarked;
