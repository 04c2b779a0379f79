/** The cold rows: queries to replicas that have nothing, each in a process of its own. */
@NullMarked
package dev.graft.bench.cold;

import org.jspecify.annotations.NullMarked;
