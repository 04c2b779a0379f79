/** What clients do in a simulated world, and the command that plays it by seeds. */
@NullMarked
package dev.graft.sim.workload;

import org.jspecify.annotations.NullMarked;
