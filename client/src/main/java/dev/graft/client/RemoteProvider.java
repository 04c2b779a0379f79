package dev.graft.client;

import dev.graft.protocol.remote.Remote;
import java.util.Map;

/**
 * Opens remotes by their address. Implementations are found by {@link java.util.ServiceLoader}, so
 * that a module which knows nothing of a kind of remote can still be pointed at one.
 */
public interface RemoteProvider {
  /** Whether this provider knows that kind of address; for example {@code folder:/srv/store}. */
  boolean accepts(String uri);

  /**
   * Opens it.
   *
   * @param parameters further settings by name; for example {@code token_env}
   * @throws dev.graft.protocol.error.GraftException when it cannot be opened
   */
  Remote open(String uri, Map<String, String> parameters);
}
