/**
 * Bindings to the C interface of SQLite, named as in C and without policy: memory layouts, the VFS
 * and virtual-table call-backs, and the table of API routines.
 *
 * <p>Addresses are plain {@code long}s: on the hot path a wrapper an argument would cost more than
 * the call. All structures made here live in {@link java.lang.foreign.Arena#global()}, for SQLite
 * keeps pointers to them until the process ends. Every upcall catches {@link Throwable}, because an
 * exception that leaves an upcall ends the JVM.
 */
@NullMarked
package dev.graft.sqlite.ffi;

import org.jspecify.annotations.NullMarked;
