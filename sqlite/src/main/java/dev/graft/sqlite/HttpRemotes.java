package dev.graft.sqlite;

import dev.graft.client.RemoteProvider;
import dev.graft.client.http.HeldTokens;
import dev.graft.client.http.HttpOptions;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.TokenFolder;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Remotes of the form {@code https://HOST}, or {@code http://HOST:PORT} on this machine.
 *
 * <p>Parameters: {@code token_env} names the environment variable that holds the token, {@code
 * GRAFT_TOKEN} when it is not given; {@code dir} is the replica's folder, where tokens of forks are
 * kept and found; {@code plain_http=yes} allows {@code http} to other machines. A token itself is
 * no parameter: addresses and parameters are saved and shown.
 */
public final class HttpRemotes implements RemoteProvider {
  /** Which environment variable holds the token when nothing else is said. */
  public static final String TOKEN_VARIABLE = "GRAFT_TOKEN";

  /** The parameter that names another variable. */
  public static final String TOKEN_ENV = "token_env";

  /** The parameter that allows plain {@code http} to other machines. */
  public static final String PLAIN_HTTP = "plain_http";

  /** The parameter that says where the replica lies. */
  public static final String DIR = "dir";

  private static final String YES = "yes";

  private final UnaryOperator<@Nullable String> environment;

  /** For the service loader: with the environment of the process. */
  public HttpRemotes() {
    this(System::getenv);
  }

  /**
   * @param environment the value of a variable, or null
   */
  HttpRemotes(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  @Override
  public boolean accepts(String uri) {
    return RemoteAddress.isMeant(uri);
  }

  @Override
  public Remote open(String uri, Map<String, String> parameters) {
    if (parameters.containsKey("token")) {
      throw new GraftException.Misuse(
          "a token stands in no URL and no graft.json: put it into an environment variable, and name"
              + " that with "
              + TOKEN_ENV);
    }
    RemoteAddress address = RemoteAddress.parse(uri, YES.equals(parameters.get(PLAIN_HTTP)));
    Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
    return new HttpRemote(
        address,
        new UrlTransport(concurrency),
        tokens(parameters),
        concurrency,
        new SecureRandom(),
        HttpOptions.DEFAULT);
  }

  private HeldTokens tokens(Map<String, String> parameters) {
    String variable = parameters.getOrDefault(TOKEN_ENV, TOKEN_VARIABLE);
    String given = environment.apply(variable);
    if (given != null) {
      given = given.strip();
    }
    if (given == null || given.isEmpty()) {
      if (parameters.containsKey(TOKEN_ENV)) {
        throw new GraftException.Unauthorized(
            "the environment variable " + variable + " is empty: put the token there");
      }
      given = null;
    } else if (!isToken(given)) {
      throw new GraftException.Misuse(
          "the environment variable " + variable + " holds no token: a token has no spaces");
    }
    String dir = parameters.get(DIR);
    if (dir == null) {
      return new HeldTokens(given);
    }
    Path folder = folder(dir);
    BiConsumer<VolumeId, String> keeper =
        (volume, token) -> TokenFolder.save(folder, volume, token);
    return new HeldTokens(given, TokenFolder.load(folder), keeper);
  }

  /** Nothing else can stand in a header. */
  private static boolean isToken(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7F);
  }

  private static Path folder(String dir) {
    try {
      return Path.of(dir);
    } catch (InvalidPathException e) {
      throw new GraftException.Misuse("'" + dir + "' is no path: " + e.getReason());
    }
  }
}
