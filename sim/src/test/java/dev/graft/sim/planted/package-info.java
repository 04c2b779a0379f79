/** Classes that break the rules of the architecture, one for each, so that the rules are tried. */
@NullMarked
package dev.graft.sim.planted;

import org.jspecify.annotations.NullMarked;
