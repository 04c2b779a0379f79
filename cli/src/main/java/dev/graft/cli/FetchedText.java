package dev.graft.cli;

import dev.graft.client.Hydrated;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What was brought here on purpose, as text and as JSON. */
final class FetchedText {
  private FetchedText() {}

  /** For JSON. */
  static Map<String, Object> object(VolumeSession session, Hydrated hydrated) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", session.entry().name());
    object.put("lsn", session.replica().status().position().lsn().value());
    object.put("framesFetched", hydrated.framesFetched());
    object.put("bytesFetched", hydrated.bytesFetched());
    object.put("framesHere", hydrated.framesHere());
    object.put("bytesHere", hydrated.bytesHere());
    object.put("reads", hydrated.reads());
    return object;
  }

  /** A part of a sentence. */
  static String sentence(Hydrated hydrated) {
    return String.format(
        Locale.ROOT,
        "%,d bytes were fetched in %,d read%s, %,d were here",
        hydrated.bytesFetched(),
        hydrated.reads(),
        hydrated.reads() == 1 ? "" : "s",
        hydrated.bytesHere());
  }
}
