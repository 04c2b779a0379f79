package dev.graft.cli.demo;

import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.prefetch.Prefetcher;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sqlite.GraftDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A replica on an empty folder and a store far away, with an engine that has just started: what
 * somebody meets who has never seen the volume. Its folder goes when it is closed.
 */
final class ColdReplica implements AutoCloseable {
  private final LocalStore store;
  private final CountingRemote remote;
  private final Path folder;
  private final Replica replica;
  private final GraftDataSource database;

  private ColdReplica(LocalStore store, CountingRemote remote, Path folder, Replica replica) {
    this.store = store;
    this.remote = remote;
    this.folder = folder;
    this.replica = replica;
    this.database = GraftDataSource.over(replica);
  }

  /**
   * Opens one.
   *
   * @param hotPages whether hot pages and scans are fetched ahead
   */
  static ColdReplica open(Place place, VolumeId volume, boolean hotPages) throws IOException {
    LocalStore store = place.far();
    CountingRemote remote = new CountingRemote(store.remote());
    Path folder = place.emptyFolder();
    ReplicaOptions options =
        ReplicaOptions.inMemory(remote, volume, place.concurrency(), place.ids()).on(folder);
    try {
      return new ColdReplica(
          store, remote, folder, Replica.open(hotPages ? options : options.with(Prefetcher::none)));
    } catch (RuntimeException failure) {
      store.close();
      throw failure;
    }
  }

  /** The replica. */
  Replica replica() {
    return replica;
  }

  /** A connection to it. */
  Connection connect() throws SQLException {
    return database.getConnection();
  }

  /** A connection that reads the volume as it was after a commit. */
  Connection connect(Lsn at) throws SQLException {
    return database.getConnection(at);
  }

  /** What it asked its remote for. */
  Counts counts() {
    return remote.counts();
  }

  /** What the engine asked the store for. */
  long objectReads() {
    return store.counts().reads();
  }

  /** Pages that it has by now. */
  long pagesHere() {
    return replica.status().pagesHere();
  }

  @Override
  public void close() throws IOException {
    try (store;
        replica;
        database) {
      // Closed in the opposite order.
    }
    Place.remove(folder);
  }
}
