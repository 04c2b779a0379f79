package dev.graft.protocol.map;

import dev.graft.protocol.page.PageCount;
import java.util.List;
import java.util.SortedMap;

/**
 * The top of a page map.
 *
 * @param count the page count
 * @param smallest the smallest page count since the base: hides, in older parts, every page above
 *     it
 * @param windows window number to its layers, newest first
 * @param branches beneath the windows, by ascending number; none for small volumes
 * @param hot ranges worth fetching early, page 1's first
 */
public record Root(
    PageCount count,
    PageCount smallest,
    SortedMap<Integer, List<LeafLayer>> windows,
    List<BranchPlace> branches,
    List<HotRange> hot) {}
