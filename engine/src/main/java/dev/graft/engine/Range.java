package dev.graft.engine;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;

/**
 * What an answer to changes-since is about, once the caller's words are resolved.
 *
 * @param pageSize of the volume
 * @param from where the answer begins; LSN 0 for a whole snapshot
 * @param fromCount the page count there
 * @param fromTime the commit time there
 * @param upto how far to go; not before {@code from}
 * @param head the newest commit that was seen
 */
record Range(
    PageSize pageSize, Position from, PageCount fromCount, Instant fromTime, Lsn upto, Lsn head) {}
