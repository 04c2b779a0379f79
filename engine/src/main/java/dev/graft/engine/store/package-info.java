/** Object stores: put-if-absent, range reads, ordered listings. */
@NullMarked
package dev.graft.engine.store;

import org.jspecify.annotations.NullMarked;
