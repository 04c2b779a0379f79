/** What a client talks to, and the messages of that talk. */
@NullMarked
package dev.graft.protocol.remote;

import org.jspecify.annotations.NullMarked;
