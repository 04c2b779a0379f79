package dev.graft.client;

import dev.graft.client.KillModel.Stream;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.remote.CreateVolume;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;

/** The folder store and the replicas of a kill trial, as parent and child open them. */
final class KillWorld implements AutoCloseable {
  /** Much less than the volume has. */
  private static final long CACHE_BYTES = 4L << 20;

  final Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
  final IdSource ids = new RandomIdSource(new SecureRandom());
  final EngineRemote remote;
  final VolumeId volume;
  final KillModel model;
  private final Path folder;

  KillWorld(Path folder, long seed) {
    this.folder = folder;
    this.model = new KillModel(seed);
    this.volume = new RandomIdSource(new Random(seed)).newVolumeId();
    FileObjectStore store = FileObjectStore.open(folder.resolve("store"), concurrency);
    this.remote =
        new EngineRemote(store, store, concurrency, ids, new SecureRandom(), EngineOptions.DEFAULT);
  }

  /** Makes the volume with step 0 of both streams. */
  void create() {
    remote.createVolume(new CreateVolume(volume, KillModel.SIZE));
    try (Replica replica = other();
        Transaction transaction = replica.begin()) {
      for (Stream stream : Stream.values()) {
        for (int page = stream.firstPage; page <= stream.lastPage(); page++) {
          Pages.write(transaction, page, model.content(stream, 0, page));
        }
      }
      transaction.truncate(new PageCount(KillModel.PAGES));
      transaction.commit(CommitOptions.NONE);
    }
  }

  private ReplicaOptions options() {
    // Few staged pages stay in memory, so that larger transactions use a file.
    var limits =
        new ReplicaOptions.Limits(
            4,
            64 * KillModel.SIZE.bytes(),
            256 * 1024,
            2,
            dev.graft.client.prefetch.PrefetchBudget.DEFAULT);
    return ReplicaOptions.inMemory(remote, volume, concurrency, ids)
        .with(limits.withCacheBytes(CACHE_BYTES));
  }

  /** The replica under trial. */
  Replica onFolder() {
    return Replica.open(options().on(folder.resolve("replica")));
  }

  /** Another replica, which forgets. */
  Replica other() {
    return Replica.open(options());
  }

  /** Stages a step of a stream. */
  void write(Transaction transaction, Stream stream, int step) {
    Pages.write(transaction, stream.firstPage, model.content(stream, step, stream.firstPage));
    for (int page : model.pages(stream, step)) {
      Pages.write(transaction, page, model.content(stream, step, page));
    }
  }

  /** The step of a stream that a snapshot shows. */
  static int step(Snapshot snapshot, Stream stream) {
    return KillModel.step(Pages.read(snapshot, stream.firstPage));
  }

  /** Compares each page of a snapshot, or each n-th, with what must be there. */
  void check(Snapshot snapshot, int every) {
    for (Stream stream : Stream.values()) {
      int[] newest = model.newest(stream, step(snapshot, stream));
      for (int page = stream.firstPage; page <= stream.lastPage(); page += every) {
        int step = newest[page - stream.firstPage];
        byte[] here = Pages.read(snapshot, page);
        if (!Arrays.equals(here, model.content(stream, step, page))) {
          throw new AssertionError(
              "page "
                  + page
                  + " at "
                  + snapshot.position()
                  + " is not that of step "
                  + step
                  + " of "
                  + stream
                  + " but tells of step "
                  + KillModel.step(here));
        }
      }
    }
  }

  @Override
  public void close() {
    remote.close();
  }
}
