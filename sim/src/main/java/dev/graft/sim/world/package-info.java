/**
 * A world to try the product in: the real client and engine on a simulated store and network, with
 * everything that clients do and see written down for a judge.
 */
@NullMarked
package dev.graft.sim.world;

import org.jspecify.annotations.NullMarked;
