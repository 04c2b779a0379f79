package dev.graft.client.files;

import dev.graft.protocol.error.GraftException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The name of a file in a volume: parts with {@code /} in between, none of them empty, {@code .} or
 * {@code ..}, no control characters, no backslash; at most 1,024 bytes of UTF-8. It is always
 * relative, so that a file that is taken out of a volume never lands outside of where it was to go.
 */
public record FilePath(String value) implements Comparable<FilePath> {
  /** The most bytes of UTF-8. */
  public static final int MAX_BYTES = 1024;

  public FilePath {
    String wrong = wrong(value);
    if (!wrong.isEmpty()) {
      throw new GraftException.Misuse("'" + value + "' cannot name a file in a volume: " + wrong);
    }
  }

  private static String wrong(String value) {
    if (value.isEmpty()) {
      return "it is empty";
    }
    if (value.startsWith("/")) {
      return "it begins with '/'";
    }
    if (value.chars().anyMatch(c -> c < ' ' || c == 0x7F || c == '\\')) {
      return "it has a control character or a backslash";
    }
    for (String part : value.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return "'" + part + "' is no part of such a name";
      }
    }
    try {
      int bytes =
          StandardCharsets.UTF_8
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .encode(CharBuffer.wrap(value))
              .remaining();
      return bytes > MAX_BYTES ? "it has " + bytes + " bytes, at most are " + MAX_BYTES : "";
    } catch (CharacterCodingException malformed) {
      return "it is no well-formed text";
    }
  }

  /** The parts between the slashes. */
  public List<String> parts() {
    return List.of(value.split("/"));
  }

  @Override
  public int compareTo(FilePath other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
