package dev.graft.protocol.remote;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;

/**
 * Asks for a new volume that begins as another's snapshot, copying no pages (rule 5.8).
 *
 * @param parent whose snapshot
 * @param at the commit; a fork of the empty volume is no fork
 * @param child made by the client, so that the request can be repeated
 */
public record ForkRequest(VolumeId parent, Position at, VolumeId child) {}
