package dev.graft.cli;

import dev.graft.client.RemoteProvider;
import dev.graft.client.http.TokenFolder;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import dev.graft.sqlite.HttpRemotes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
   * @param settings further ones by name, as in graft.json
   */
  static Remote open(String address, Path folder, Map<String, String> settings) {
    String absolute = absolute(address, folder);
    for (RemoteProvider provider : ServiceLoader.load(RemoteProvider.class)) {
      if (provider.accepts(absolute)) {
        return provider.open(absolute, settings);
      }
    }
    throw Failure.usage(
        "'"
            + address
            + "' is no remote that this program knows; write folder:PATH, s3://BUCKET/PREFIX or"
            + " https://HOST");
  }

  /** Opens the remote of a named volume. */
  static Remote open(VolumesFile.Entry entry, Path folder) {
    Map<String, String> settings = new LinkedHashMap<>(entry.settings());
    settings.put(HttpRemotes.DIR, entry.dir().toString());
    return open(entry.remote(), folder, settings);
  }

  /** Gives a fork's replica the token that came when it was made from another replica here. */
  static void handToken(Path from, VolumeId child, Path to) {
    String token = TokenFolder.load(from).get(child);
    if (token != null) {
      TokenFolder.save(to, child, token);
    }
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
