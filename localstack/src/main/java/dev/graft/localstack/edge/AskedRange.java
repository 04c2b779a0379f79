package dev.graft.localstack.edge;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a range header asks for.
 *
 * @param first byte
 * @param last byte, inclusive; {@link Long#MAX_VALUE} when left open
 */
record AskedRange(long first, long last) {
  /** At most 18 digits, so that every number fits. */
  private static final Pattern ONE = Pattern.compile("bytes=(\\d{1,18})-(\\d{0,18})");

  /**
   * Reads a header. Several ranges, a count of bytes from the end and whatever else is not
   * understood count as no range at all, so that the whole object is the answer, as HTTP allows.
   */
  static Optional<AskedRange> of(Optional<String> header) {
    Matcher match = ONE.matcher(header.orElse(""));
    if (!match.matches()) {
      return Optional.empty();
    }
    long first = Long.parseLong(match.group(1));
    long last = match.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(match.group(2));
    return last < first ? Optional.empty() : Optional.of(new AskedRange(first, last));
  }
}
