package dev.graft.http;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.VolumeRecord.Ancestor;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.remote.VolumeState;
import java.time.Instant;
import java.util.List;

/** The JSON of messages about whole volumes. */
final class VolumeJson {
  private VolumeJson() {}

  static void write(JsonOut out, CreateVolume request) {
    out.text("volume", request.volume()).pageSize("pageSize", request.pageSize());
  }

  static CreateVolume createVolume(JsonObject in) {
    return new CreateVolume(in.volume("volume"), in.pageSize("pageSize"));
  }

  static void write(JsonOut out, VolumeInfo info) {
    out.text("volume", info.volume()).pageSize("pageSize", info.pageSize());
    out.time("created", info.created()).hash("recordHash", info.recordHash());
    if (!info.ancestors().isEmpty()) {
      out.objects(
          "ancestors",
          info.ancestors(),
          (inner, each) -> inner.text("volume", each.volume()).position("at", each.position()));
    }
  }

  static VolumeInfo info(JsonObject in) {
    List<Ancestor> ancestors =
        in.has("ancestors")
            ? in.objects(
                "ancestors", each -> new Ancestor(each.volume("volume"), each.position("at")))
            : List.of();
    VolumeId volume = in.volume("volume");
    PageSize pageSize = in.pageSize("pageSize");
    Instant created = in.time("created");
    Hash recordHash = in.hash("recordHash");
    return in.checked(
        "ancestors", each -> new VolumeInfo(volume, pageSize, created, recordHash, ancestors));
  }

  static void write(JsonOut out, VolumeState state) {
    out.text("volume", state.volume()).u64("number", state.number()).lsn("floor", state.floor());
    out.millis("retention", state.retention()).texts("checkpoints", state.checkpoints());
    out.texts("kept", state.kept()).texts("forks", state.forks()).flag("deleted", state.deleted());
  }

  static VolumeState state(JsonObject in) {
    return new VolumeState(
        in.volume("volume"),
        in.u64("number"),
        in.lsn("floor"),
        in.millis("retention"),
        in.lsns("checkpoints"),
        in.lsns("kept"),
        in.volumes("forks"),
        in.flag("deleted"));
  }

  static void write(JsonOut out, ForkRequest request) {
    out.position("at", request.at()).text("child", request.child());
  }

  static ForkRequest forkRequest(VolumeId parent, JsonObject in) {
    return new ForkRequest(parent, in.position("at"), in.volume("child"));
  }

  static void write(JsonOut out, ForkAnswer answer) {
    Forked forked = answer.forked();
    out.object("child", inner -> write(inner, forked.child()));
    out.position("start", forked.start()).time("time", forked.time());
    if (answer.token() != null) {
      out.text("token", answer.token());
    }
  }

  static ForkAnswer forked(JsonObject in) {
    return new ForkAnswer(
        new Forked(in.object("child", VolumeJson::info), in.position("start"), in.time("time")),
        in.has("token") ? in.text("token", HttpLimits.MAX_TOKEN) : null);
  }
}
