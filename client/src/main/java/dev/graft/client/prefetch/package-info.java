/** Guesses which frames will be needed next. A wrong guess costs bytes, never an answer. */
@NullMarked
package dev.graft.client.prefetch;

import org.jspecify.annotations.NullMarked;
