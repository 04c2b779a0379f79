package dev.graft.client.http;

import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * Where a remote answers: {@code https://HOST}, or {@code http://HOST:PORT} on this machine. No
 * path, no user, no secret.
 *
 * @param origin scheme, host and perhaps port
 */
public record RemoteAddress(URI origin) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final int MAX_PORT = 65_535;

  /** Whether this looks like such an address, right or wrong. */
  public static boolean isMeant(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.startsWith("https:") || lower.startsWith("http:");
  }

  /**
   * Reads an address.
   *
   * @param plainAnywhere whether {@code http} is taken for other machines too: whoever is on the
   *     way there can read and use the token
   * @throws GraftException.Misuse when it is not exactly an address; the message repeats no user
   */
  public static RemoteAddress parse(String text, boolean plainAnywhere) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new GraftException.Misuse("the remote's address is no URL: write https://HOST");
    }
    if (uri.getRawUserInfo() != null || text.contains("@")) {
      throw new GraftException.Misuse(
          "the remote's address has a user or a secret in it: addresses are saved and shown; put the"
              + " token into an environment variable (GRAFT_TOKEN)");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!Set.of("http", "https").contains(scheme) || uri.getHost() == null) {
      throw new GraftException.Misuse("'" + text + "' is no address: write https://HOST");
    }
    if (uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || !Set.of("", "/").contains(uri.getRawPath())) {
      throw new GraftException.Misuse(
          "a remote's address has no path, but '"
              + uri.getHost()
              + "' is followed by one: write "
              + scheme
              + "://HOST alone");
    }
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    if (scheme.equals("http") && !plainAnywhere && !LOOPBACK.contains(host)) {
      throw new GraftException.Misuse(
          "http://"
              + host
              + " would send the token in the clear: write https://"
              + host
              + ", or allow it explicitly (plain_http=yes) in a network that you trust");
    }
    if (uri.getPort() > MAX_PORT) {
      throw new GraftException.Misuse(
          "there is no port " + uri.getPort() + ": write 1 to " + MAX_PORT);
    }
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return new RemoteAddress(URI.create(scheme + "://" + host + port));
  }

  /** Where a route is asked. */
  URI of(Route route) {
    return URI.create(origin + route.path());
  }

  /** Whether what is sent can be read on the way. */
  boolean isPlain() {
    return "http".equals(origin.getScheme());
  }

  @Override
  public String toString() {
    return origin.toString();
  }
}
