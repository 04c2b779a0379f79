package dev.graft.localstack.dev;

import dev.graft.protocol.error.GraftException;
import picocli.CommandLine.Option;

/** What all commands take that listen: help, a port, and in which form they say that they do. */
final class Listening {
  private static final int MAX_PORT = 65_535;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Where it listens; 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(names = "--json", description = "Say what is ready as one JSON object.")
  private boolean json;

  /**
   * @param port when none is given
   */
  Listening(int port) {
    this.port = port;
  }

  /**
   * The port to listen on; 0 for any free one.
   *
   * @throws GraftException.Misuse when there is no such port
   */
  int port() {
    if (port < 0 || port > MAX_PORT) {
      throw new GraftException.Misuse(
          "there is no port " + port + ": --port takes 0 to " + MAX_PORT);
    }
    return port;
  }

  /** Whether to say what is ready as JSON. */
  boolean json() {
    return json;
  }

  /** Why it does not listen when the port is taken. */
  GraftException.Unavailable taken() {
    return new GraftException.Unavailable(
        "port " + port + " is taken: stop what listens there, or name another with --port");
  }
}
