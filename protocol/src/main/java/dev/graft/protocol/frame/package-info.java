/** Frames and segments: runs of compressed pages, each provable by itself. */
@NullMarked
package dev.graft.protocol.frame;

import org.jspecify.annotations.NullMarked;
