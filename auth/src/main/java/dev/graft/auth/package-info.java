/** Scoped, signed tokens and the rules of what they admit. */
@NullMarked
package dev.graft.auth;

import org.jspecify.annotations.NullMarked;
