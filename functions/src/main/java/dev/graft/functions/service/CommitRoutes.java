package dev.graft.functions.service;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.http.UploadsAnswer;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.UploadReceipt;
import java.time.Duration;
import java.time.Instant;

/** Commits, and segments for them. */
final class CommitRoutes {
  /** How far the time in a segment's id may be from the clock here (docs/protocol.md, 4.4). */
  private static final Duration ID_TOLERANCE = Duration.ofMinutes(10);

  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;

  private final Backend backend;

  CommitRoutes(Backend backend) {
    this.backend = backend;
  }

  Answer answer(Route route, byte[] body) {
    return switch (route) {
      case Route.Commits(VolumeId volume) -> commit(volume, body);
      case Route.Upload(VolumeId volume, SegmentId segment) -> upload(volume, segment, body);
      case Route.Uploads(VolumeId volume) -> place(volume, body);
      default -> throw new IllegalArgumentException("not a route of commits: " + route);
    };
  }

  private Answer commit(VolumeId volume, byte[] body) {
    return switch (backend.engine().commit(Messages.commitRequest(volume).decode(body))) {
      case CommitOutcome.Committed committed ->
          Answer.json(OK, Messages.committed().encode(committed));
      case CommitOutcome.Conflict conflict -> throw new Refusal(Problem.of(conflict));
    };
  }

  private Answer upload(VolumeId volume, SegmentId segment, byte[] body) {
    try {
      UploadReceipt receipt = backend.engine().upload(volume, segment, body);
      return Answer.json(OK, Messages.uploadReceipt().encode(receipt));
    } catch (GraftException.Misuse e) {
      Instant now = backend.clock().instant();
      throw isYoung(segment, now) ? e : offTime(segment, now);
    }
  }

  private Answer place(VolumeId volume, byte[] body) {
    SegmentEntry entry = Messages.uploadsRequest().decode(body);
    backend.engine().volume(volume);
    UploadsAnswer answer = isThere(volume, entry) ? there(entry) : toPut(volume, entry);
    return Answer.json(OK, Messages.presigned().encode(answer));
  }

  private UploadsAnswer there(SegmentEntry entry) {
    return new UploadsAnswer.There(new UploadReceipt(entry, backend.clock().instant()));
  }

  private boolean isThere(VolumeId volume, SegmentEntry entry) {
    ObjectKey key = key(new Route.SegmentRange(volume, entry.id()));
    if (!(backend.bulk().get(key, 0, 0) instanceof GetOutcome.Found(byte[] none, long total))) {
      return false;
    }
    boolean same =
        total == entry.lengthBytes()
            && backend.bulk().sha256(key).filter(entry.sha256()::equals).isPresent();
    if (!same) {
      throw new GraftException.Misuse(
          entry.id() + " of " + volume + " holds other bytes already: give it a new id");
    }
    return true;
  }

  private UploadsAnswer toPut(VolumeId volume, SegmentEntry entry) {
    Instant now = backend.clock().instant();
    if (!isYoung(entry.id(), now)) {
      throw offTime(entry.id(), now);
    }
    SegmentPlaces places = backend.places();
    if (places == null) {
      throw Refusal.misuse(
          BAD_REQUEST, "nothing can be put into this store but through a function, up to 1 MiB");
    }
    UploadsAnswer.Presigned place = places.place(volume, entry);
    return new UploadsAnswer.Presigned(place.url(), place.headers(), place.expires(), now);
  }

  private static boolean isYoung(SegmentId segment, Instant now) {
    Instant made = Instant.ofEpochMilli(segment.epochMillis());
    return Duration.between(made, now).abs().compareTo(ID_TOLERANCE) <= 0;
  }

  private static Refusal offTime(SegmentId segment, Instant now) {
    return new Refusal(
        Problem.of(
                Code.MISUSE,
                BAD_REQUEST,
                segment
                    + " says it was made at "
                    + Instant.ofEpochMilli(segment.epochMillis())
                    + ", more than 10 minutes off: here it is "
                    + now
                    + "; give it a new id of that time")
            .serverTime(now));
  }

  /** Where an object lies in its store: its path without the beginning. */
  static ObjectKey key(Route.OfObject route) {
    return new ObjectKey(route.path().substring("/v1/".length()));
  }
}
