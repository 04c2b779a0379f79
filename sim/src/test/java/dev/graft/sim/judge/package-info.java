@NullMarked
package dev.graft.sim.judge;

import org.jspecify.annotations.NullMarked;
