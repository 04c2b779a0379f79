package dev.graft.cli;

import dev.graft.client.write.BulkImport;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.Remote;
import dev.graft.sqlite.HotPages;
import dev.graft.sqlite.SqliteFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Brings a database into a volume, as one commit; memory does not grow with its size. */
public final class Importer {
  private Importer() {}

  /** Is told how far an import is. */
  @FunctionalInterface
  public interface Steps {
    /** So many pages of so many. */
    void at(long done, long total);
  }

  /**
   * Brings it.
   *
   * @param volume exists; what it holds is replaced and stays in the past
   * @param message stands in the log
   * @return the commit; 0 for a database without pages, which needs none
   * @throws dev.graft.protocol.error.GraftException.Conflict when another commit came meanwhile
   */
  public static Lsn bring(
      Remote remote,
      VolumeId volume,
      Concurrency concurrency,
      IdSource ids,
      SourceDatabase source,
      String message,
      Steps steps)
      throws IOException {
    long bytes = source.shape().bytes();
    if (bytes == 0) {
      return Lsn.ZERO;
    }
    PageSize pageSize = remote.volume(volume).pageSize();
    HotPages hotPages =
        SqliteFiles.hotPages(source.file()).inPagesOf(source.shape().pageSize(), pageSize);
    PageCount count = new PageCount((bytes + pageSize.bytes() - 1) / pageSize.bytes());
    BulkImport.Plan plan =
        new BulkImport.Plan(volume, pageSize, count, hotPages.ordered(), "", message);
    int compressors = Runtime.getRuntime().availableProcessors();
    try (FileChannel file = FileChannel.open(source.file(), StandardOpenOption.READ)) {
      return new BulkImport(remote, concurrency, ids, compressors)
          .run(
              plan,
              (first, pages, target) ->
                  read(
                      file,
                      bytes,
                      (first - 1) * pageSize.bytes(),
                      ByteBuffer.wrap(target, 0, pages * pageSize.bytes())),
              (done, all, stored) -> steps.at(done, all))
          .position()
          .lsn();
    }
  }

  /** Reads what lies in the database; beyond its end there are zeros. */
  private static void read(FileChannel file, long endByte, long fromByte, ByteBuffer target)
      throws IOException {
    int wanted = (int) Math.min(target.remaining(), Math.max(0, endByte - fromByte));
    Arrays.fill(target.array(), wanted, target.limit(), (byte) 0);
    target.limit(wanted);
    while (target.hasRemaining()) {
      if (file.read(target, fromByte + target.position()) < 0) {
        throw new IOException("the database became shorter while it was read");
      }
    }
  }
}
