package dev.graft.cli;

import dev.graft.client.RemoteProvider;
import dev.graft.protocol.remote.Remote;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;

/** Opens remotes by what {@code graft.json} and the command line call them. */
final class Remotes {
  private Remotes() {}

  /**
   * Opens a remote.
   *
   * @param address for example {@code folder:store}
   * @param folder what a relative path in it is relative to
   */
  static Remote open(String address, Path folder) {
    String absolute = absolute(address, folder);
    for (RemoteProvider provider : ServiceLoader.load(RemoteProvider.class)) {
      if (provider.accepts(absolute)) {
        return provider.open(absolute, Map.of());
      }
    }
    throw Failure.usage(
        "'"
            + address
            + "' is no remote that this program knows; write folder:PATH or s3://BUCKET/PREFIX");
  }

  /** The address with an absolute path. */
  static String absolute(String address, Path folder) {
    if (!address.startsWith(FolderRemotes.SCHEME)) {
      return address;
    }
    String path = address.substring(FolderRemotes.SCHEME.length());
    if (path.isEmpty()) {
      throw Failure.usage("'" + address + "' names no folder; write folder:PATH");
    }
    return FolderRemotes.SCHEME + folder.resolve(path).toAbsolutePath().normalize();
  }
}
