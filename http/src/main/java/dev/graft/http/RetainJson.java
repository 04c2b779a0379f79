package dev.graft.http;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.RetainRequest.Change;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.Waiting;
import java.time.Duration;

/** The JSON of what is kept and what waits to be removed. */
final class RetainJson {
  private RetainJson() {}

  static void write(JsonOut out, RetainRequest request) {
    switch (request.change()) {
      case Change.Retention(Duration retention) -> out.millis("retention", retention);
      case Change.FloorAt(Lsn lsn) -> out.lsn("floorAt", lsn);
      case Change.FloorOlderThan(Duration age) -> out.millis("floorOlderThan", age);
      case Change.Keep(Lsn lsn, boolean kept) -> out.lsn(kept ? "keep" : "release", lsn);
    }
  }

  static RetainRequest request(VolumeId volume, JsonObject in) {
    return new RetainRequest(volume, change(in));
  }

  private static Change change(JsonObject in) {
    if (in.has("retention")) {
      return new Change.Retention(in.millis("retention"));
    }
    if (in.has("floorAt")) {
      return new Change.FloorAt(in.lsn("floorAt"));
    }
    if (in.has("floorOlderThan")) {
      return new Change.FloorOlderThan(in.millis("floorOlderThan"));
    }
    return in.has("release")
        ? new Change.Keep(in.lsn("release"), false)
        : new Change.Keep(in.lsn("keep"), true);
  }

  static void write(JsonOut out, Retained retained) {
    out.object("state", inner -> VolumeJson.write(inner, retained.state()));
    out.flag("changed", retained.changed()).number("trimmedCommits", retained.trimmedCommits());
    out.number("placesCommits", retained.placesCommits()).texts("waitsFor", retained.waitsFor());
  }

  static Retained retained(JsonObject in) {
    return new Retained(
        in.object("state", VolumeJson::state),
        in.flag("changed"),
        in.count("trimmedCommits"),
        in.count("placesCommits"),
        in.volumes("waitsFor"));
  }

  static void write(JsonOut out, Waiting waiting) {
    out.text("volume", waiting.volume()).number("objects", waiting.objects());
    out.u64("bytes", waiting.bytes()).number("youngSegments", waiting.youngSegments());
    out.flag("complete", waiting.complete());
  }

  static Waiting waiting(JsonObject in) {
    return new Waiting(
        in.volume("volume"),
        in.count("objects"),
        in.u64("bytes"),
        in.count("youngSegments"),
        in.flag("complete"));
  }
}
