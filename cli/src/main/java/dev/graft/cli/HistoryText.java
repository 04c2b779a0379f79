package dev.graft.cli;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells how much history a volume keeps. */
final class HistoryText {
  private HistoryText() {}

  /** Adds it to a JSON object. */
  static void into(Map<String, @Nullable Object> object, VolumeState state) {
    object.put("floor", state.floor().value());
    object.put("retention", Age.of(state.retention()));
    object.put("kept", state.kept().stream().map(Lsn::value).toList());
    object.put("forks", state.forks().stream().map(Object::toString).toList());
  }

  /** Adds it to a JSON object. */
  static void into(Map<String, @Nullable Object> object, Waiting waiting) {
    object.put("waitingObjects", waiting.objects());
    object.put("waitingBytes", waiting.bytes());
    object.put("youngSegments", waiting.youngSegments());
    object.put("waitingComplete", waiting.complete());
  }

  /** In sentences. */
  static List<String> lines(VolumeState state) {
    List<String> lines = new ArrayList<>();
    lines.add(
        state.floor().equals(Lsn.ZERO)
            ? "all history, from commit 1 on"
            : "history from commit " + state.floor() + " on; what was before is given up");
    lines.add("retention " + Age.of(state.retention()));
    if (!state.kept().isEmpty()) {
      lines.add(
          "kept whatever the floor: "
              + state.kept().stream().map(Lsn::toString).collect(Collectors.joining(", ")));
    }
    if (!state.forks().isEmpty()) {
      lines.add("forks: " + state.forks().size());
    }
    return lines;
  }

  /** In a sentence. */
  static String line(Waiting waiting) {
    return String.format(
        Locale.ROOT,
        "%,d bytes in %,d objects wait to be removed%s%s",
        waiting.bytes(),
        waiting.objects(),
        waiting.complete() ? "" : ", at least",
        waiting.youngSegments() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "; %,d young segments beside them may belong to a push under way",
                waiting.youngSegments()));
  }
}
