/**
 * A replica's folder: its lock, its logs, and what the disk can do to them.
 *
 * <ul>
 *   <li>{@code lock}: held by the one process that uses the folder.
 *   <li>{@code standing}: a log of records. The first is the whole standing (volume, page size,
 *       position, head, time, map), each further one a step: the map that was laid over the one
 *       before. Every record is synced. When it is cut, the replica stands on an older commit; when
 *       it is damaged before its end, the folder is refused.
 *   <li>{@code frames}: a log of records, one for each cached frame: owner, number, kind, pages,
 *       file, offset, length and CRC32C of the content. Never synced; what is damaged is forgotten.
 *   <li>{@code pages-NNNNNN}: sparse data files of at most 64 MiB with decompressed frames. Never
 *       synced; each frame is proved by its CRC32C when a process touches it first.
 *   <li>{@code staged-...}: written pages of a large transaction that is open; removed when the
 *       folder is opened.
 * </ul>
 *
 * <p>The bytes are in {@code docs/formats.md}, "A replica's folder". A log begins with 8 bytes,
 * {@code GRFTlog} and the format version 2. A record is the length of its payload and the CRC32C of
 * all that follows, 4 bytes each, how much of the log was synced when it was added, 8 bytes, then
 * the payload.
 */
@NullMarked
package dev.graft.client.folder;

import org.jspecify.annotations.NullMarked;
