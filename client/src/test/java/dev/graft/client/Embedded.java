package dev.graft.client;

import dev.graft.client.count.CountingRemote;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import java.time.InstantSource;
import java.util.Random;

/** A volume on the real engine in this process, over a store in memory. */
public final class Embedded implements AutoCloseable {
  public final Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
  public final IdSource ids;
  final EngineRemote engine;
  public final CountingRemote remote;
  public final VolumeId volume;

  public Embedded(long seed, PageSize pageSize) {
    ids = new RandomIdSource(new Random(seed));
    ObjectStore store = new MemoryObjectStore(concurrency);
    engine =
        new EngineRemote(store, store, concurrency, ids, new Random(seed), EngineOptions.DEFAULT);
    remote = new CountingRemote(engine);
    volume = ids.newVolumeId();
    remote.createVolume(new CreateVolume(volume, pageSize));
  }

  public Replica open() {
    return Replica.open(options());
  }

  public ReplicaOptions options() {
    return ReplicaOptions.inMemory(remote, volume, concurrency, ids);
  }

  @Override
  public void close() {
    remote.close();
  }
}
