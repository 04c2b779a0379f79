/** A replica's folder: its lock, its logs, and what the disk can do to them. */
@NullMarked
package dev.graft.client.folder;

import org.jspecify.annotations.NullMarked;
