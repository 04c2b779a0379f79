package dev.graft.http;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.Graft;
import java.time.Instant;

/** The JSON of changes-since. */
final class GraftJson {
  private GraftJson() {}

  static void write(JsonOut out, ChangesRequest request) {
    if (request.since() != null) {
      out.position("since", request.since());
    }
    switch (request.until()) {
      case Until.Head head -> {}
      case Until.AtLsn(Lsn lsn) -> out.object("until", inner -> inner.lsn("lsn", lsn));
      case Until.AtTime(Instant time) -> out.object("until", inner -> inner.time("time", time));
    }
    out.flag("open", request.open());
  }

  static ChangesRequest request(VolumeId volume, JsonObject in) {
    return new ChangesRequest(
        volume,
        in.has("since") ? in.position("since") : null,
        in.has("until") ? in.object("until", GraftJson::until) : new Until.Head(),
        in.flag("open"));
  }

  private static Until until(JsonObject in) {
    return in.has("lsn") ? new Until.AtLsn(in.lsn("lsn")) : new Until.AtTime(in.time("time"));
  }

  static void write(JsonOut out, Graft graft) {
    out.text("volume", graft.volume()).pageSize("pageSize", graft.pageSize());
    out.position("from", graft.from()).position("upto", graft.upto());
    out.time("uptoTime", graft.uptoTime()).position("head", graft.head());
    out.bytes("root", graft.root().encode());
    out.objects("frames", graft.frames(), GraftJson::frame);
    out.time("serverTime", graft.serverTime());
  }

  private static void frame(JsonOut out, Graft.CarriedFrame frame) {
    FrameRef ref = frame.ref();
    out.text("owner", Route.of(ref.owner()).path()).number("number", ref.number());
    out.number("offset", ref.offsetBytes()).number("length", ref.lengthBytes());
    out.bytes("bytes", frame.bytes());
  }

  static Graft graft(JsonObject in) {
    return new Graft(
        in.volume("volume"),
        in.pageSize("pageSize"),
        in.position("from"),
        in.position("upto"),
        in.time("uptoTime"),
        in.position("head"),
        root(in),
        in.objects("frames", GraftJson::frame),
        in.time("serverTime"));
  }

  private static Root root(JsonObject in) {
    byte[] bytes = in.bytes("root", Root.MAX_ENCODED_BYTES);
    return in.checked("root", each -> Root.decode(bytes));
  }

  private static Graft.CarriedFrame frame(JsonObject in) {
    FrameOwner owner = owner(in);
    int number = in.integer("number", 0, FrameRef.MAX_FRAMES - 1);
    long offsetBytes = in.number("offset", 0, FrameRef.MAX_OBJECT_BYTES);
    int most = Frame.MAX_PAGES_BYTES + Frame.MAX_OVERHEAD_BYTES;
    int lengthBytes = in.integer("length", 1, most);
    byte[] bytes = in.bytes("bytes", lengthBytes);
    if (bytes.length != lengthBytes) {
      throw in.wrong("bytes", "has not the " + lengthBytes + " bytes of the frame's length");
    }
    FrameRef ref =
        in.checked("offset", each -> new FrameRef(owner, number, offsetBytes, lengthBytes));
    return new Graft.CarriedFrame(ref, bytes);
  }

  private static FrameOwner owner(JsonObject in) {
    String path = in.text("owner", Route.MAX_PATH);
    return Route.parse("GET", path)
        .filter(Route.OfObject.class::isInstance)
        .map(route -> ((Route.OfObject) route).owner())
        .orElseThrow(() -> in.wrong("owner", "is not the path of an object"));
  }
}
