/** The client: local, partial, consistent copies of volumes. */
@NullMarked
package dev.graft.client;

import org.jspecify.annotations.NullMarked;
