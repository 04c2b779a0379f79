package dev.graft.s3;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes of an object an answer brings, as its {@code content-range} says.
 *
 * @param start of the first byte
 * @param end behind the last one
 * @param total the length of the whole object
 */
record ContentRange(long start, long end, long total) {
  private static final Pattern HELD = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
  private static final Pattern REFUSED = Pattern.compile("bytes \\*/(\\d{1,18})");

  /** Reads the header of an answer 206; nothing when it makes no sense. */
  static Optional<ContentRange> parse(String header) {
    Matcher matcher = HELD.matcher(header);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long start = Long.parseLong(matcher.group(1));
    long end = Long.parseLong(matcher.group(2)) + 1;
    long total = Long.parseLong(matcher.group(3));
    boolean sensible = start < end && end <= total;
    return sensible ? Optional.of(new ContentRange(start, end, total)) : Optional.empty();
  }

  /** Reads the header of an answer 416; nothing when it is not there. */
  static Optional<Long> parseTotal(String header) {
    Matcher matcher = REFUSED.matcher(header);
    return matcher.matches() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
  }
}
