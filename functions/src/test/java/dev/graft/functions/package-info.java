/** Handlers, their settings, and the real runtime client around them. */
@NullMarked
package dev.graft.functions;

import org.jspecify.annotations.NullMarked;
