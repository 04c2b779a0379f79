package dev.graft.auth;

import dev.graft.protocol.error.GraftException;
import java.util.regex.Pattern;

/**
 * The name of a key of the ring, as a token's header carries it.
 *
 * @param value 1 to 64 letters, digits, dashes and underscores
 */
public record KeyId(String value) {
  static final String FORM = "[A-Za-z0-9_-]{1,64}";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  public KeyId {
    if (!PATTERN.matcher(value).matches()) {
      throw new GraftException.Misuse(
          "'" + value + "' is no key id: take 1 to 64 letters, digits, '-' or '_'");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
