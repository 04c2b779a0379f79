@NullMarked
package dev.graft.sim.workload;

import org.jspecify.annotations.NullMarked;
