/** The one way to fork, wait and sleep in engine and client. */
@NullMarked
package dev.graft.concurrency;

import org.jspecify.annotations.NullMarked;
