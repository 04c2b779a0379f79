/**
 * Judges a history: whether what clients saw and were told fits one strictly serial order, and
 * whether nothing that was acknowledged is lost. Knows nothing of the product; {@code
 * docs/testing.md} describes the history's format.
 */
@NullMarked
package dev.graft.sim.judge;

import org.jspecify.annotations.NullMarked;
