package dev.graft.cli;

import dev.graft.client.prefetch.PrefetchStatus;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What became of frames that were fetched ahead, as text and as JSON. */
final class PrefetchText {
  private PrefetchText() {}

  /** For JSON. */
  static Map<String, Object> object(PrefetchStatus status) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("usefulFrames", status.usefulFrames());
    object.put("usefulBytes", status.usefulBytes());
    object.put("wastedFrames", status.wastedFrames());
    object.put("wastedBytes", status.wastedBytes());
    object.put("untouchedFrames", status.untouchedFrames());
    object.put("untouchedBytes", status.untouchedBytes());
    object.put("refusedFrames", status.refusedFrames());
    object.put("refusedBytes", status.refusedBytes());
    return object;
  }

  /** A part of a sentence. */
  static String sentence(PrefetchStatus status) {
    return String.format(
        Locale.ROOT,
        "%,d frames came ahead and were used (%,d bytes), %,d were not (%,d bytes)",
        status.usefulFrames(),
        status.usefulBytes(),
        status.unusedFrames(),
        status.unusedBytes());
  }
}
