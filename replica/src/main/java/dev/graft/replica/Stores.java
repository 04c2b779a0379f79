package dev.graft.replica;

import dev.graft.client.RemoteProvider;
import dev.graft.concurrency.Concurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.remote.Remote;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.random.RandomGenerator;

/** Opens what a replica reads from; nothing is connected before it is used. */
final class Stores {
  static final String S3 = "s3://";
  static final String FOLDER = "folder:";

  private static final Duration CONNECT = Duration.ofSeconds(3);

  private Stores() {}

  /**
   * A volume's remote, and whose connections there are.
   *
   * @param remote to read from
   * @param ways to elsewhere, to give up before a snapshot
   */
  record Source(Remote remote, List<Renewed<?>> ways) {}

  /**
   * Opens a place.
   *
   * @param time the longest wait for one answer: a query has no more
   */
  static Source open(
      ReplicaSettings.Place place, Concurrency concurrency, RandomGenerator random, Duration time) {
    return switch (place) {
      case ReplicaSettings.Place.Store(var bulk, var log) -> {
        Renewed<ObjectStore> toBulk = new Renewed<>(() -> store(bulk, concurrency, time));
        Renewed<ObjectStore> toLog =
            log.map(uri -> new Renewed<ObjectStore>(() -> store(uri, concurrency, time)))
                .orElse(toBulk);
        RenewedStore objects = new RenewedStore(toBulk);
        RenewedStore commits = toLog == toBulk ? objects : new RenewedStore(toLog);
        // Who only reads leaves rollups and checkpoints to those who write.
        EngineOptions options = EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF);
        Remote engine =
            new EngineRemote(
                commits, objects, concurrency, new RandomIdSource(random), random, options);
        yield new Source(engine, List.of(toBulk, toLog));
      }
      case ReplicaSettings.Place.Address(var uri) -> {
        Renewed<Remote> way = new Renewed<>(() -> remote(uri));
        yield new Source(new RenewedRemote(way), List.of(way));
      }
    };
  }

  private static ObjectStore store(String uri, Concurrency concurrency, Duration time) {
    if (uri.startsWith(FOLDER)) {
      return FileObjectStore.open(Path.of(uri.substring(FOLDER.length())), concurrency);
    }
    S3Settings settings =
        S3Settings.parse(uri).withTimeouts(new S3Settings.Timeouts(CONNECT, time, time));
    return S3ObjectStore.open(settings, concurrency);
  }

  private static Remote remote(String uri) {
    for (RemoteProvider provider : ServiceLoader.load(RemoteProvider.class)) {
      if (provider.accepts(uri)) {
        return provider.open(uri, Map.of("token_env", "GRAFT_TOKEN"));
      }
    }
    throw new GraftException.Misuse(
        "GRAFT_ADDRESS=" + uri + " is no address that is known here: write https://HOST");
  }
}
