/** Tests of what a folder keeps. */
@NullMarked
package dev.graft.client.folder;

import org.jspecify.annotations.NullMarked;
