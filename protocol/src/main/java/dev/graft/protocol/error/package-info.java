/** The one family of failures. */
@NullMarked
package dev.graft.protocol.error;

import org.jspecify.annotations.NullMarked;
