package dev.graft.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the command sees of the process that it runs in, so that a test can give it another.
 *
 * @param terminal where it prints
 * @param workingFolder what relative paths on the command line are relative to
 * @param environment the environment variables
 * @param input standard input
 */
record Surroundings(
    Terminal terminal, Path workingFolder, Map<String, String> environment, InputStream input) {
  /** Says which of standard output ({@code o}) and error ({@code e}) are terminals. */
  private static final String TERMINAL_PROPERTY = "graft.terminal";

  static Surroundings ofThisProcess() {
    String terminals = System.getProperty(TERMINAL_PROPERTY, "");
    Map<String, String> environment = System.getenv();
    boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    Terminal terminal =
        new Terminal(
            out, err, terminals.contains("e"), terminals.contains("o") && !plain, System::nanoTime);
    return new Surroundings(terminal, Path.of("").toAbsolutePath(), environment, System.in);
  }

  /** A path of the command line, made absolute. */
  Path resolve(String path) {
    return workingFolder.resolve(path).normalize();
  }

  /** Whether failures show where they came from. */
  boolean debug() {
    String value = environment.getOrDefault("GRAFT_DEBUG", "");
    return !value.isEmpty() && !value.equals("0");
  }

  /** The home folder of the user; the working folder when there is none. */
  Path home() {
    String home = environment.getOrDefault("HOME", "");
    return home.isEmpty() ? workingFolder : workingFolder.resolve(home);
  }
}
