/** A world in one process: virtual time, one task at a time, a store that fails, all by a seed. */
@NullMarked
package dev.graft.sim;

import org.jspecify.annotations.NullMarked;
