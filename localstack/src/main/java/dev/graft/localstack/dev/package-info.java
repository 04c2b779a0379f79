/** {@code graft dev}: the whole of the backend in one process. */
@NullMarked
package dev.graft.localstack.dev;

import org.jspecify.annotations.NullMarked;
