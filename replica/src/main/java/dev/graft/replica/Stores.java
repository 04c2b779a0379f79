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
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

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
   * @param connections to give up before a snapshot
   */
  record Source(Remote remote, List<Disconnectable> connections) {}

  /**
   * Opens a place.
   *
   * @param time the longest wait for one answer: a query has no more
   */
  static Source open(
      ReplicaSettings.Place place, Concurrency concurrency, SecureRandom random, Duration time) {
    return switch (place) {
      case ReplicaSettings.Place.Store(var bulk, var log) -> {
        RenewedStore objects = new RenewedStore(() -> store(bulk, concurrency, time));
        RenewedStore commits =
            log.map(uri -> new RenewedStore(() -> store(uri, concurrency, time))).orElse(objects);
        // Who only reads leaves rollups and checkpoints to those who write.
        EngineOptions options = EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF);
        Remote engine =
            new EngineRemote(
                commits, objects, concurrency, new RandomIdSource(random), random, options);
        yield new Source(engine, List.of(objects, commits));
      }
      case ReplicaSettings.Place.Address(var uri) -> {
        RenewedRemote remote = new RenewedRemote(() -> remote(uri));
        yield new Source(remote, List.of(remote));
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
