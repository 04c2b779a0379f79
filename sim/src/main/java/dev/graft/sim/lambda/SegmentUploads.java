package dev.graft.sim.lambda;

import dev.graft.client.http.Transport;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.functions.service.SegmentPlaces;
import dev.graft.http.Route;
import dev.graft.http.UploadsAnswer;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** The store's own face: presigned places, each for one key, one length and one SHA-256. */
final class SegmentUploads implements SegmentPlaces {
  private static final String HOST = "store.simulated";
  private static final String CHECKSUM = "x-amz-checksum-sha256";

  private final ObjectStore store;
  private final InstantSource clock;
  private final Luck luck;
  private final Map<String, Place> places = new HashMap<>();

  private record Place(ObjectKey key, SegmentEntry entry, Instant expires) {}

  SegmentUploads(ObjectStore store, InstantSource clock, Luck luck) {
    this.store = store;
    this.clock = clock;
    this.luck = luck;
  }

  static boolean isFor(Transport.Request request) {
    return HOST.equals(request.uri().getHost());
  }

  @Override
  public UploadsAnswer.Presigned place(VolumeId volume, SegmentEntry entry) {
    String path = "/" + HexFormat.of().toHexDigits(luck.number());
    Instant now = clock.instant();
    String key = new Route.SegmentRange(volume, entry.id()).path().substring("/v1/".length());
    Place place = new Place(new ObjectKey(key), entry, now.plus(VALIDITY));
    places.put(path, place);
    return new UploadsAnswer.Presigned(
        URI.create("https://" + HOST + path),
        Map.of("if-none-match", "*", CHECKSUM, entry.sha256().toString()),
        place.expires,
        now);
  }

  /** Answers a PUT as S3 does. */
  Reply put(Transport.Request request) {
    Place place = places.get(request.uri().getRawPath());
    byte[] body = request.body();
    if (place == null || body == null || !isSigned(request, place, body)) {
      return Reply.plain(403, "AccessDenied");
    }
    if (!Hash.sha256(body).equals(place.entry.sha256())) {
      return Reply.plain(400, "BadDigest");
    }
    try {
      return switch (store.putIfAbsent(place.key, body, place.expires)) {
        case PutOutcome.Created() -> Reply.plain(200, "");
        case PutOutcome.AlreadyExists() -> Reply.plain(412, "PreconditionFailed");
        case PutOutcome.TooLate() -> Reply.plain(403, "AccessDenied");
        case PutOutcome.Unknown _ -> new Reply.Dropped();
      };
    } catch (GraftException.Unavailable e) {
      return Reply.plain(503, "SlowDown");
    }
  }

  private boolean isSigned(Transport.Request request, Place place, byte[] body) {
    return request.method().equals("PUT")
        && !clock.instant().isAfter(place.expires)
        && SimTransport.header(request, "if-none-match").equals("*")
        && SimTransport.header(request, CHECKSUM).equals(place.entry.sha256().toString())
        && body.length == place.entry.lengthBytes();
  }
}
