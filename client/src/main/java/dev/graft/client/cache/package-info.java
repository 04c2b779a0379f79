/** Frames that are here: decompressed, found by owner and number, read without a lock. */
@NullMarked
package dev.graft.client.cache;

import org.jspecify.annotations.NullMarked;
