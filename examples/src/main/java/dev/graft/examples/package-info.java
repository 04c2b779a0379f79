/** Small programs to read and to begin from. Nothing depends on them. */
@NullMarked
package dev.graft.examples;

import org.jspecify.annotations.NullMarked;
