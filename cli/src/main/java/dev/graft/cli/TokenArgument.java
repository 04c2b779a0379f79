package dev.graft.cli;

import dev.graft.auth.TokenVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A token as the command line gives it: itself, or {@code -} for standard input. */
final class TokenArgument {
  private TokenArgument() {}

  static String read(Surroundings surroundings, String argument) throws IOException {
    if (!argument.equals("-")) {
      return argument.strip();
    }
    byte[] bytes = surroundings.input().readNBytes(2 * TokenVerifier.MAX_CHARS);
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }
}
