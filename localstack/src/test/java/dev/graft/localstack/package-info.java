/** End to end: client, SQLite and command over HTTP through the edge. */
@NullMarked
package dev.graft.localstack;

import org.jspecify.annotations.NullMarked;
