package dev.graft.localstack;

import dev.graft.cli.FolderRemotes;
import dev.graft.client.RemoteProvider;
import dev.graft.protocol.remote.Remote;
import dev.graft.sqlite.HttpRemotes;
import java.nio.file.Path;
import java.util.Map;

/**
 * Remotes {@code folder:PATH} over HTTP, while {@link StandIns} stand in: commands and programs
 * that name a folder, unchanged, speak to a stack. Found before the provider of folders itself.
 */
public final class FolderOverHttp implements RemoteProvider {
  /** For the service loader. */
  public FolderOverHttp() {}

  @Override
  public boolean accepts(String uri) {
    return StandIns.any() && uri.startsWith(FolderRemotes.SCHEME);
  }

  @Override
  public Remote open(String uri, Map<String, String> parameters) {
    Path folder =
        Path.of(uri.substring(FolderRemotes.SCHEME.length())).toAbsolutePath().normalize();
    return new HttpRemotes().open(StandIns.address(folder, StandIns.ofFolder(folder)), parameters);
  }
}
