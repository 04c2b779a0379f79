/** Brings frames from the remote: each once, neighbours together, some ahead of need. */
@NullMarked
package dev.graft.client.fetch;

import org.jspecify.annotations.NullMarked;
