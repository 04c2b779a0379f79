/** One piece of work at a time, without a lock of the JVM. */
@NullMarked
package dev.graft.client.turn;

import org.jspecify.annotations.NullMarked;
