/** Tests of the template that the app makes: one for each promise. */
@NullMarked
package dev.graft.infra;

import org.jspecify.annotations.NullMarked;
