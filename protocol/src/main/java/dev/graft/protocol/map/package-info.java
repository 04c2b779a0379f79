/** Page maps: where the newest version of each page lies. */
@NullMarked
package dev.graft.protocol.map;

import org.jspecify.annotations.NullMarked;
