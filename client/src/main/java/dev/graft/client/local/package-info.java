/**
 * Local transactions: the durable log of those that are not in the store yet, the frames that they
 * wrote, and the pushes that were begun.
 *
 * <ul>
 *   <li>{@code local/log}: a log of records ({@link dev.graft.client.folder.RecordLog}): local
 *       commits with their frames, pushes with their requests, and what became of both. When it is
 *       cut, what is missing was never acknowledged; when it is damaged before its end, the folder
 *       is refused.
 *   <li>{@code local/seg-...}: segments: the frames of a large local commit, or what a push brings
 *       to the store. Synced before a record names them; those that no record names are removed.
 * </ul>
 */
@NullMarked
package dev.graft.client.local;

import org.jspecify.annotations.NullMarked;
