package dev.graft.http;

import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.remote.UploadReceipt;
import java.net.URI;
import java.net.URISyntaxException;

/** The JSON of uploads. */
final class UploadJson {
  private UploadJson() {}

  static void write(JsonOut out, SegmentEntry entry) {
    out.text("segment", entry.id()).number("length", entry.lengthBytes());
    out.hash("sha256", entry.sha256());
  }

  static SegmentEntry entry(JsonObject in) {
    return new SegmentEntry(
        in.segment("segment"), in.integer("length", 1, Segment.MAX_BYTES), in.hash("sha256"));
  }

  static void write(JsonOut out, UploadReceipt receipt) {
    write(out, receipt.entry());
    out.time("serverTime", receipt.serverTime());
  }

  static UploadReceipt receipt(JsonObject in) {
    return new UploadReceipt(entry(in), in.time("serverTime"));
  }

  static void write(JsonOut out, UploadsAnswer answer) {
    switch (answer) {
      case UploadsAnswer.Presigned presigned -> {
        out.text("url", presigned.url());
        out.object("headers", inner -> presigned.headers().forEach(inner::text));
        out.time("expires", presigned.expires()).time("serverTime", presigned.serverTime());
      }
      case UploadsAnswer.There(UploadReceipt receipt) ->
          out.object("receipt", inner -> write(inner, receipt));
    }
  }

  static UploadsAnswer answer(JsonObject in) {
    if (in.has("receipt")) {
      return new UploadsAnswer.There(in.object("receipt", UploadJson::receipt));
    }
    return new UploadsAnswer.Presigned(
        url(in),
        in.textMap("headers", HttpLimits.MAX_PRESIGNED_HEADERS, HttpLimits.MAX_URL),
        in.time("expires"),
        in.time("serverTime"));
  }

  private static URI url(JsonObject in) {
    try {
      URI url = new URI(in.text("url", HttpLimits.MAX_URL));
      if (url.getHost() != null
          && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw in.wrong("url", "is no address");
    }
    throw in.wrong("url", "is no address of http or https");
  }
}
