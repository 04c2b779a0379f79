/**
 * Bytes in and out: fixed integers, varints, bounded byte strings, checksums; every read checked.
 */
@NullMarked
package dev.graft.protocol.wire;

import org.jspecify.annotations.NullMarked;
