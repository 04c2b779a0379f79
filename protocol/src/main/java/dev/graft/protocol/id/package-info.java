/** Identities and log positions: volumes, segments, checkpoints, LSNs, hashes. */
@NullMarked
package dev.graft.protocol.id;

import org.jspecify.annotations.NullMarked;
