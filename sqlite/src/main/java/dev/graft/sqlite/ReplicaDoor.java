package dev.graft.sqlite;

import dev.graft.client.RemoteProvider;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.remote.Remote;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** Opens replicas by address. */
@FunctionalInterface
interface ReplicaDoor {
  /** Opens a replica. */
  Opened open(VolumeAddress address);

  /**
   * An open replica and the remote that belongs to it alone.
   *
   * @param replica closed first
   * @param remote closed then
   */
  record Opened(Replica replica, Remote remote) implements AutoCloseable {
    @Override
    public void close() {
      try (remote) {
        replica.close();
      }
    }
  }

  /** Finds the remote with the providers of the class path. */
  static ReplicaDoor byProviders() {
    Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
    IdSource ids = new RandomIdSource(new SecureRandom());
    return address -> {
      Remote remote = remote(address);
      try {
        ReplicaOptions options =
            ReplicaOptions.inMemory(remote, address.volume(), concurrency, ids);
        return new Opened(Replica.open(address.folder().map(options::on).orElse(options)), remote);
      } catch (RuntimeException e) {
        remote.close();
        throw e;
      }
    };
  }

  private static Map<String, String> parameters(VolumeAddress address) {
    Map<String, String> parameters = new HashMap<>(address.parameters());
    address.folder().ifPresent(folder -> parameters.put(HttpRemotes.DIR, folder.toString()));
    return parameters;
  }

  private static Remote remote(VolumeAddress address) {
    for (RemoteProvider provider : ServiceLoader.load(RemoteProvider.class)) {
      if (provider.accepts(address.remote())) {
        return provider.open(address.remote(), parameters(address));
      }
    }
    throw new GraftException.Misuse(
        "no provider on the class path knows the remote '"
            + address.remote()
            + "': a folder of this machine is written folder:/path, a service https://HOST");
  }
}
