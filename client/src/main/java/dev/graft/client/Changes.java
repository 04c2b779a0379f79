package dev.graft.client;

import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;

/**
 * What changed between two positions of a volume.
 *
 * @param from exclusive
 * @param upto inclusive
 * @param pages those written or cleared, and those that lie above the smallest page count in
 *     between; where many commits made the map too large to come along, all pages of its windows of
 *     65,536 count as changed
 * @param pageCount at {@code upto}
 * @param whole whether {@code pages} could not be told apart from "all", because the change is to
 *     be laid on the empty volume
 */
public record Changes(
    Position from, Position upto, PageSet pages, PageCount pageCount, boolean whole) {}
