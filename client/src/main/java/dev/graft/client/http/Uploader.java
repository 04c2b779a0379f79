package dev.graft.client.http;

import dev.graft.client.http.Attempts.AgainException;
import dev.graft.http.Headers;
import dev.graft.http.HttpLimits;
import dev.graft.http.Messages;
import dev.graft.http.Route;
import dev.graft.http.UploadsAnswer;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.remote.UploadReceipt;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Brings segments: small ones through the function, larger ones to where it says. */
final class Uploader {
  /** How often an address that was refused is asked for anew. */
  private static final int MAX_ADDRESSES = 3;

  private final RemoteAddress address;
  private final Transport transport;
  private final Questions questions;
  private final Attempts attempts;
  private final Traffic traffic;

  Uploader(
      RemoteAddress address,
      Transport transport,
      Questions questions,
      Attempts attempts,
      Traffic traffic) {
    this.address = address;
    this.transport = transport;
    this.questions = questions;
    this.attempts = attempts;
    this.traffic = traffic;
  }

  /** See {@link dev.graft.protocol.remote.Remote#upload}. */
  UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    if (bytes.length <= HttpLimits.MAX_UPLOAD_BYTES) {
      Route.Upload route = new Route.Upload(volume, segment);
      return questions.ask(route, volume, bytes, Headers.BYTES, Messages.uploadReceipt()).orThrow();
    }
    // Before anything is sent: whoever gives a place for it cannot look into it.
    verify(volume, segment, bytes);
    SegmentEntry entry = new SegmentEntry(segment, bytes.length, Hash.sha256(bytes));
    for (int tried = 1; ; tried++) {
      UploadsAnswer answer =
          questions
              .ask(
                  new Route.Uploads(volume), Messages.uploadsRequest(), entry, Messages.presigned())
              .orThrow();
      switch (answer) {
        case UploadsAnswer.There(UploadReceipt receipt) -> {
          return receipt;
        }
        case UploadsAnswer.Presigned presigned -> {
          if (put(presigned, entry, bytes)) {
            return new UploadReceipt(entry, presigned.serverTime());
          }
        }
      }
      if (tried == MAX_ADDRESSES) {
        throw new GraftException.Unavailable(
            "the store refuses segment "
                + segment
                + " at every address that "
                + address
                + " gives for it; try again later");
      }
    }
  }

  private static void verify(VolumeId volume, SegmentId segment, byte[] bytes) {
    try {
      Segment.verify(bytes, volume, segment);
    } catch (GraftException.Corrupt e) {
      throw new GraftException.Misuse("these bytes are no segment: " + e.getMessage());
    }
  }

  /** Whether the segment is there now; false when the address is refused, or has expired. */
  private boolean put(UploadsAnswer.Presigned presigned, SegmentEntry entry, byte[] bytes) {
    if (!address.isPlain() && !"https".equals(presigned.url().getScheme())) {
      throw new GraftException.Corrupt(
          address
              + " gives an address for an upload that is not https: "
              + presigned.url().getHost());
    }
    Map<String, String> headers = new HashMap<>();
    headers.put(Headers.CONTENT_TYPE, Headers.BYTES);
    presigned.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    return attempts.untilAnswered(
        2,
        timeout -> {
          traffic.sent(bytes.length);
          return Received.of(
              transport,
              new Transport.Request("PUT", presigned.url(), headers, bytes, timeout),
              answer -> isThere(answer, entry));
        });
  }

  /**
   * What the store says. 412: an object of this id is there already, which an earlier attempt of
   * this very upload may have put; whether it is this segment is proved at the commit.
   */
  private static boolean isThere(Transport.Answer answer, SegmentEntry entry)
      throws IOException, AgainException {
    int status = answer.status();
    return switch (status) {
      case 200, 201, 204, 412 -> true;
      case 401, 403 -> false;
      case 408, 409, 425, 429, 500, 502, 503, 504 ->
          throw new AgainException(
              new GraftException.Unavailable(
                  "the store did not take segment " + entry.id() + " now (status " + status + ")"),
              null,
              true);
      case 507 ->
          throw new GraftException.Limit(
              "the store has no room left for segment "
                  + entry.id()
                  + " of "
                  + entry.lengthBytes()
                  + " bytes: whoever runs it has to free some; then try again");
      default ->
          throw new GraftException.Misuse(
              "the store refuses segment "
                  + entry.id()
                  + " of "
                  + entry.lengthBytes()
                  + " bytes with status "
                  + status);
    };
  }
}
