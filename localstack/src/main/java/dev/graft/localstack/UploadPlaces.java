package dev.graft.localstack;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.functions.service.SegmentPlaces;
import dev.graft.http.Headers;
import dev.graft.http.Route;
import dev.graft.http.UploadsAnswer;
import dev.graft.localstack.web.Body;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebHandler;
import dev.graft.localstack.web.WebRequest;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * Presigned uploads for a store that is no S3: places with names that cannot be guessed, each good
 * for one key, one length and one SHA-256, for a while. A PUT there answers as S3 does: 200, 412
 * where an object stands, 403 for what was not signed, 400 for other bytes. The body is read only
 * when all before it is as it was signed.
 */
final class UploadPlaces implements SegmentPlaces, WebHandler {
  private static final String PREFIX = "/uploads/";
  private static final String CHECKSUM = "x-amz-checksum-sha256";

  /** The places used least lately are forgotten above this many. */
  private static final int MAX_PLACES = 10_000;

  private final ObjectStore store;
  private final InstantSource clock;

  /** Guarded by this, as is what follows. */
  private final RandomGenerator random;

  private final Map<String, Place> places =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Place> eldest) {
          return size() > MAX_PLACES;
        }
      };

  private final LongAdder uploadedBytes = new LongAdder();
  private URI address = URI.create("http://127.0.0.1");

  private record Place(ObjectKey key, SegmentEntry entry, Instant expires) {}

  /**
   * @param random a {@link java.security.SecureRandom}
   */
  UploadPlaces(ObjectStore store, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  /** Where this handler is served, from now on. */
  synchronized void servedAt(URI where) {
    address = where;
  }

  /** How many bytes were put at places. */
  long uploadedBytes() {
    return uploadedBytes.sum();
  }

  @Override
  public synchronized UploadsAnswer.Presigned place(VolumeId volume, SegmentEntry entry) {
    byte[] name = new byte[16];
    random.nextBytes(name);
    String path = PREFIX + HexFormat.of().formatHex(name);
    Instant now = clock.instant();
    Instant expires = now.plus(VALIDITY);
    String key = new Route.SegmentRange(volume, entry.id()).path().substring("/v1/".length());
    places.put(path, new Place(new ObjectKey(key), entry, expires));
    return new UploadsAnswer.Presigned(address.resolve(path), signed(entry), expires, now);
  }

  /** The headers that count as signed: each has to come with exactly this value. */
  private static Map<String, String> signed(SegmentEntry entry) {
    return Map.of(
        "if-none-match",
        "*",
        CHECKSUM,
        Base64.getEncoder().encodeToString(entry.sha256().toBytes()),
        Headers.CONTENT_TYPE,
        Headers.BYTES);
  }

  @Override
  public WebAnswer handle(WebRequest request) {
    Place place;
    synchronized (this) {
      place = places.get(request.path());
    }
    if (!request.method().equals("PUT")
        || place == null
        || clock.instant().isAfter(place.expires())) {
      return answer(403, "AccessDenied");
    }
    boolean isAsSigned =
        signed(place.entry()).entrySet().stream()
            .allMatch(
                header -> request.header(header.getKey()).orElse("").equals(header.getValue()));
    if (!isAsSigned || request.content().length() != place.entry().lengthBytes()) {
      return answer(403, "SignatureDoesNotMatch");
    }
    byte[] body = request.body();
    if (!Hash.sha256(body).equals(place.entry().sha256())) {
      return answer(400, "BadDigest");
    }
    PutOutcome outcome;
    try {
      outcome = store.putIfAbsent(place.key(), body, place.expires());
    } catch (GraftException.Limit full) {
      return answer(507, "InsufficientStorage");
    }
    return switch (outcome) {
      case PutOutcome.Created() -> {
        uploadedBytes.add(body.length);
        yield answer(200, "");
      }
      case PutOutcome.AlreadyExists() -> answer(412, "PreconditionFailed");
      case PutOutcome.TooLate() -> answer(403, "AccessDenied");
      case PutOutcome.Unknown _ -> answer(503, "SlowDown");
    };
  }

  private static WebAnswer.Response answer(int status, String code) {
    String text = code.isEmpty() ? "" : "<Error><Code>" + code + "</Code></Error>";
    return new WebAnswer.Response(
        status,
        Map.of(Headers.CONTENT_TYPE, "application/xml"),
        Body.of(text.getBytes(StandardCharsets.UTF_8)));
  }
}
