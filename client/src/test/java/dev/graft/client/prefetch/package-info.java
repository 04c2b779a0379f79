/** Tests of guesses. */
@NullMarked
package dev.graft.client.prefetch;

import org.jspecify.annotations.NullMarked;
