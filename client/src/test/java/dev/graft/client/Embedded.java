package dev.graft.client;

import dev.graft.client.count.CountingRemote;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import java.time.InstantSource;
import java.util.Random;

/** A volume on the real engine over a store in memory, however it is reached. */
public final class Embedded implements AutoCloseable {
  public final Concurrency concurrency;
  public final IdSource ids;
  public final CountingRemote remote;
  public final VolumeId volume;

  public Embedded(long seed, PageSize pageSize) {
    this(seed, pageSize, InstantSource.system());
  }

  /** One whose time is told by a clock, for the store and the replicas alike. */
  public Embedded(long seed, PageSize pageSize, InstantSource clock) {
    concurrency = new ThreadConcurrency(clock);
    ids = new RandomIdSource(new Random(seed));
    ObjectStore store = new MemoryObjectStore(concurrency);
    remote =
        new CountingRemote(
            RemoteUnderTest.chosen().over(store, concurrency, ids, new Random(seed)));
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
