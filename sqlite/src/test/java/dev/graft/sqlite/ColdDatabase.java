package dev.graft.sqlite;

import dev.graft.client.RemoteUnderTest;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.DelayingRemote;
import dev.graft.client.write.BulkImport;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;

/** A database file as a volume that is some milliseconds away, for cold replicas. */
final class ColdDatabase implements AutoCloseable {
  private static final Duration AWAY = Duration.ofMillis(30);

  private final ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private final RandomIdSource ids = new RandomIdSource(new Random(8));
  private final Remote engine;
  private final VolumeId volume;

  private ColdDatabase(PageSize volumePages) {
    var store = new MemoryObjectStore(concurrency);
    this.engine = RemoteUnderTest.chosen().over(store, concurrency, ids, new Random(9));
    this.volume = ids.newVolumeId();
    engine.createVolume(new CreateVolume(volume, volumePages));
  }

  /** Imports a file into a volume with pages of that size. */
  static ColdDatabase of(Path file, PageSize volumePages) throws IOException {
    ColdDatabase made = new ColdDatabase(volumePages);
    byte[] bytes = Files.readAllBytes(file);
    SqliteFiles.Shape shape = SqliteFiles.check(file);
    long[] hot = SqliteFiles.hotPages(file).inPagesOf(shape.pageSize(), volumePages).ordered();
    int pageBytes = volumePages.bytes();
    new BulkImport(made.engine, made.concurrency, made.ids, 2)
        .run(
            new BulkImport.Plan(
                made.volume,
                volumePages,
                new PageCount((bytes.length + pageBytes - 1) / pageBytes),
                hot,
                "",
                ""),
            (first, pages, target) -> {
              int at = (int) (first - 1) * pageBytes;
              int length = Math.min(pages * pageBytes, bytes.length - at);
              System.arraycopy(bytes, at, target, 0, length);
            },
            BulkImport.Progress.NONE);
    return made;
  }

  /** A fresh replica with nothing, which counts what it asks. */
  Cold open(ReplicaOptions.Limits limits) {
    CountingRemote remote = new CountingRemote(new DelayingRemote(engine, concurrency, AWAY, AWAY));
    return new Cold(
        remote,
        Replica.open(ReplicaOptions.inMemory(remote, volume, concurrency, ids).with(limits)));
  }

  /**
   * A replica that began with nothing.
   *
   * @param remote counts
   */
  record Cold(CountingRemote remote, Replica replica) implements AutoCloseable {
    @Override
    public void close() {
      replica.close();
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
