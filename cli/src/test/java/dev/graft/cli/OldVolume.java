package dev.graft.cli;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Transaction;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;

/** A volume whose commits were made days ago, in the store of a folder. */
final class OldVolume {
  static final int COMMITS = 70;

  private OldVolume() {}

  /** Makes it: {@link #COMMITS} commits of one page each, ten days old. */
  static VolumeId make(Path store) {
    InstantSource past = InstantSource.offset(InstantSource.system(), Duration.ofDays(-10));
    ThreadConcurrency concurrency = new ThreadConcurrency(past);
    RandomIdSource ids = new RandomIdSource(new Random(4));
    FileObjectStore objects = FileObjectStore.open(store, concurrency);
    VolumeId volume = ids.newVolumeId();
    PageSize size = new PageSize(512);
    try (EngineRemote engine =
        new EngineRemote(
            objects, objects, concurrency, ids, new Random(5), EngineOptions.DEFAULT)) {
      engine.createVolume(new CreateVolume(volume, size));
      try (Replica replica =
          Replica.open(ReplicaOptions.inMemory(engine, volume, concurrency, ids))) {
        for (int i = 0; i < COMMITS; i++) {
          try (Transaction transaction = replica.begin()) {
            byte[] page = new byte[size.bytes()];
            page[0] = (byte) i;
            transaction.write(1 + i % 20, MemorySegment.ofArray(page), 0);
            if (!(transaction.commit(CommitOptions.NONE) instanceof CommitResult.Committed)) {
              throw new AssertionError("nobody else writes here");
            }
          }
        }
      }
    }
    return volume;
  }
}
