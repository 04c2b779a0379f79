package dev.graft.client.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of an object an answer brings.
 *
 * @param first the first one
 * @param last the last one
 * @param totalBytes of the object; {@link Long#MAX_VALUE} when it is not told
 */
record ContentRange(long first, long last, long totalBytes) {
  private static final Pattern FORM =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  /** Null when it is no range of that form, or one that cannot be. */
  static @Nullable ContentRange parse(@Nullable String header) {
    Matcher form = FORM.matcher(header == null ? "" : header);
    if (!form.matches()) {
      return null;
    }
    long total = form.group(3).equals("*") ? Long.MAX_VALUE : Long.parseLong(form.group(3));
    ContentRange range =
        new ContentRange(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)), total);
    return range.first <= range.last && range.last < total ? range : null;
  }
}
