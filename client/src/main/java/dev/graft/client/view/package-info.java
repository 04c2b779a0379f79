/** One snapshot's map, taken to hand window by window as pages are read. */
@NullMarked
package dev.graft.client.view;

import org.jspecify.annotations.NullMarked;
