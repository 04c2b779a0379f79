/** Tests of counting. */
@NullMarked
package dev.graft.client.count;

import org.jspecify.annotations.NullMarked;
