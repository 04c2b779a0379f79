/** Tests of the estimate. */
@NullMarked
package dev.graft.cli.cost;

import org.jspecify.annotations.NullMarked;
