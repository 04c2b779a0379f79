/** Tests of the read replica, and the trials that its documents quote. */
@NullMarked
package dev.graft.replica;

import org.jspecify.annotations.NullMarked;
