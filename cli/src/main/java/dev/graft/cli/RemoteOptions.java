package dev.graft.cli;

import dev.graft.sqlite.HttpRemotes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a remote over HTTP is asked: what commands that name one take, and graft.json keeps. */
final class RemoteOptions {
  @Option(
      names = "--token-env",
      paramLabel = "VARIABLE",
      description =
          "The environment variable that holds the token for https://HOST (default: GRAFT_TOKEN).")
  private @Nullable String tokenEnv;

  @Option(
      names = "--plain-http",
      description = "Take http:// for other machines too: the token can be read on the way.")
  private boolean plainHttp;

  /** As it stands in graft.json. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    if (tokenEnv != null) {
      settings.put(HttpRemotes.TOKEN_ENV, tokenEnv);
    }
    if (plainHttp) {
      settings.put(HttpRemotes.PLAIN_HTTP, "yes");
    }
    return settings;
  }
}
