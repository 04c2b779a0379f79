/** What a commit is made of on its way out: staged pages, frames, segments, the map. */
@NullMarked
package dev.graft.client.write;

import org.jspecify.annotations.NullMarked;
