/** Tests of the log of local transactions. */
@NullMarked
package dev.graft.client.local;

import org.jspecify.annotations.NullMarked;
