/** The local stack, and the end-to-end tests. */
@NullMarked
package dev.graft.localstack;

import org.jspecify.annotations.NullMarked;
