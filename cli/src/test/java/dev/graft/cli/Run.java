package dev.graft.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** One run of the command inside this process, and what it printed. */
record Run(int exitCode, String out, String err) {

  /** Runs in a folder, away from any terminal. */
  static Run in(Path folder, String... args) {
    return with(Map.of(), folder, args);
  }

  static Run with(Map<String, String> environment, Path folder, String... args) {
    return fed(folder, environment, "", args);
  }

  /** Runs with something on standard input. */
  static Run fed(Path folder, Map<String, String> environment, String input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            System::nanoTime);
    Map<String, String> all = new HashMap<>(Map.of("HOME", folder.toString()));
    all.putAll(environment);
    ByteArrayInputStream stdin = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    int code = GraftCommand.run(new Surroundings(terminal, folder, all, stdin), args);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
