@NullMarked
package dev.graft.sim.disk;

import org.jspecify.annotations.NullMarked;
