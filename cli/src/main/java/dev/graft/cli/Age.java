package dev.graft.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them: {@code 7d}, {@code 36h}, {@code 90m}. */
final class Age {
  /** How the command line tells of it. */
  static final String HELP = "days, hours or minutes such as 7d, 36h or 90m";

  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})([dhm])");

  private Age() {}

  /** Reads a span. */
  static Duration parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw Failure.usage("'" + text + "' is no span of time: write " + HELP);
    }
    long count = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "d" -> Duration.ofDays(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofMinutes(count);
    };
  }

  /** Writes a span in the largest unit that fits. */
  static String of(Duration span) {
    if (span.toMinutes() % (24 * 60) == 0) {
      return span.toDays() + "d";
    }
    return span.toMinutes() % 60 == 0 ? span.toHours() + "h" : span.toMinutes() + "m";
  }
}
