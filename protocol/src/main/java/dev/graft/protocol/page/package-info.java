/** Page numbers, counts, sizes and {@link dev.graft.protocol.page.PageSet}. */
@NullMarked
package dev.graft.protocol.page;

import org.jspecify.annotations.NullMarked;
