package dev.graft.protocol.remote;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import java.time.Instant;
import java.util.List;

/**
 * Summaries of commits, newest first.
 *
 * @param head the newest commit of the volume
 * @param floor the LSN below which history is gone; 0 when nothing is
 * @param commits those asked for; fewer when the history ends. Below the floor only those that are
 *     kept
 */
public record LogPage(Position head, Lsn floor, List<Entry> commits) {
  /**
   * One commit.
   *
   * @param position its place
   * @param time its commit time
   * @param snapshot the LSN that it read
   * @param count page count after it
   * @param pagesWritten how many pages it wrote, or -1 when that cannot be told without another
   *     read
   * @param transactions its transactions
   */
  public record Entry(
      Position position,
      Instant time,
      Lsn snapshot,
      PageCount count,
      long pagesWritten,
      List<TransactionRecord> transactions) {}
}
