package dev.graft.s3;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.engine.store.Requests;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A store in a bucket of S3, or of anything that speaks as S3 does.
 *
 * <p>A write is one request {@code PUT If-None-Match: *} with its SHA-256, which S3 holds against
 * the bytes and keeps. It is sent once for each call and never again by itself: whoever repeats it
 * signs it anew and looks at its last moment again. 412 is {@link PutOutcome.AlreadyExists}, also
 * when it is the caller's own earlier write whose answer was lost; 409 and every other refusal is
 * an exception, for nothing landed; 5xx, a time-out and a dropped connection are {@link
 * PutOutcome.Unknown}.
 *
 * <p>Needs {@code s3:GetObject}, {@code s3:PutObject}, {@code s3:DeleteObject} and {@code
 * s3:ListBucket}; without the last, S3 answers 403 for an object that is not there. Safe for use by
 * many threads.
 */
public final class S3ObjectStore implements ObjectStore, AutoCloseable {
  /** What every object is stored with: objects never change. */
  public static final String CACHE_CONTROL = "public, max-age=31536000, immutable";

  static final String CONTENT_TYPE = "application/octet-stream";
  private static final int PAGE_KEYS = 1000;

  /** A listing without order reads all that lies below its prefix. */
  private static final int MAX_UNORDERED_PAGES = 1000;

  private final S3Settings settings;
  private final S3Client client;
  private final InstantSource clock;
  private final S3Failures failures;
  private final RangeReader ranges;
  private final Semaphore room;

  private S3ObjectStore(S3Settings settings, S3Client client, InstantSource clock) {
    this.settings = settings;
    this.client = client;
    this.clock = clock;
    this.failures = new S3Failures(settings);
    this.ranges = new RangeReader(client, settings, failures);
    this.room = new Semaphore(settings.maxRequests());
  }

  /**
   * A store; nothing is asked yet.
   *
   * @param credentials for every request
   * @param clock by which the last moments of writes are judged
   */
  public static S3ObjectStore open(
      S3Settings settings, AwsCredentialsProvider credentials, InstantSource clock) {
    return new S3ObjectStore(settings, Clients.client(settings, credentials, clock), clock);
  }

  /** A store with the credentials that the SDK's usual chain finds at the first request. */
  public static S3ObjectStore open(S3Settings settings, InstantSource clock) {
    return open(settings, DefaultCredentialsProvider.builder().build(), clock);
  }

  /** Where it is. */
  public S3Settings settings() {
    return settings;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    Requests.checkRange(key, offset, maxBytes);
    return inRoom(() -> ranges.get(key, offset, maxBytes));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    LastMoment.Watch watch = new LastMoment.Watch(notAfter);
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(settings.bucket())
            .key(settings.prefix() + key)
            .ifNoneMatch("*")
            .contentLength((long) bytes.length)
            .contentType(CONTENT_TYPE)
            .cacheControl(CACHE_CONTROL)
            .checksumSHA256(Base64.getEncoder().encodeToString(Hash.sha256(bytes).toBytes()))
            .overrideConfiguration(o -> o.putExecutionAttribute(LastMoment.WATCH, watch))
            .build();
    RequestBody body =
        RequestBody.fromContentProvider(
            ContentStreamProvider.fromByteArrayUnsafe(bytes), bytes.length, CONTENT_TYPE);
    return inRoom(() -> {
      if (clock.instant().isAfter(notAfter)) {
        return new PutOutcome.TooLate();
      }
      try {
        client.putObject(request, body);
        return new PutOutcome.Created();
      } catch (S3Exception e) {
        return refused(key, e);
      } catch (RuntimeException e) {
        if (watch.isLate()) {
          return new PutOutcome.TooLate();
        }
        if (!watch.isSent() || S3Failures.isUnreached(e)) {
          throw failures.of("write " + key, e);
        }
        return new PutOutcome.Unknown(S3Failures.reason(e));
      }
    });
  }

  private PutOutcome refused(ObjectKey key, S3Exception e) {
    if (e.statusCode() == 412 && S3Failures.codeOf(e).equals("PreconditionFailed")) {
      return new PutOutcome.AlreadyExists();
    }
    if (S3Failures.isRefusal(e)) {
      throw failures.of("write " + key, e);
    }
    return new PutOutcome.Unknown(S3Failures.reason(e));
  }

  /** As S3 was told at the write and has proved then; of objects without it, by reading them. */
  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    return inRoom(() -> {
      @Nullable String stored;
      try {
        stored =
            client
                .headObject(b ->
                    b.bucket(settings.bucket())
                        .key(settings.prefix() + key)
                        .checksumMode(ChecksumMode.ENABLED))
                .checksumSHA256();
      } catch (S3Exception e) {
        if (e.statusCode() == 404) {
          return Optional.empty();
        }
        throw failures.of("ask for " + key, e);
      } catch (RuntimeException e) {
        throw failures.of("ask for " + key, e);
      }
      Optional<Hash> known = parsed(stored);
      return known.isPresent() ? known : ranges.digest(key);
    });
  }

  /** A hash of parts, as an upload in parts leaves it, is not that of the object. */
  private static Optional<Hash> parsed(@Nullable String base64) {
    if (base64 == null || base64.contains("-")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Hash.of(Base64.getDecoder().decode(base64)));
    } catch (IllegalArgumentException | GraftException wrong) {
      return Optional.empty();
    }
  }

  @Override
  public boolean listsInOrder() {
    return settings.listsInOrder();
  }

  /** Where the bucket lists in no order, all keys below the prefix are read and sorted. */
  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    Requests.checkList(prefix, maxKeys);
    return inRoom(() -> {
      try {
        return settings.listsInOrder()
            ? ordered(prefix, startAfter, maxKeys)
            : sorted(prefix, startAfter, maxKeys);
      } catch (GraftException known) {
        throw known;
      } catch (RuntimeException e) {
        throw failures.of("list '" + prefix + "'", e);
      }
    });
  }

  private List<ObjectKey> ordered(String prefix, String startAfter, int maxKeys) {
    List<ObjectKey> keys = new ArrayList<>();
    String after = startAfter.isEmpty() ? "" : settings.prefix() + startAfter;
    while (true) {
      String from = after;
      ListObjectsV2Response page =
          client.listObjectsV2(b -> {
            b.bucket(settings.bucket())
                .prefix(settings.prefix() + prefix)
                .maxKeys(maxKeys - keys.size());
            if (!from.isEmpty()) {
              b.startAfter(from);
            }
          });
      for (S3Object object : page.contents()) {
        after = object.key();
        add(keys, prefix, object.key());
      }
      if (keys.size() >= maxKeys || !Boolean.TRUE.equals(page.isTruncated())) {
        return keys;
      }
      if (after.equals(from)) {
        throw withoutEnd(prefix);
      }
    }
  }

  private List<ObjectKey> sorted(String prefix, String startAfter, int maxKeys) {
    List<ObjectKey> keys = new ArrayList<>();
    @Nullable String token = null;
    for (int pages = 0; pages < MAX_UNORDERED_PAGES; pages++) {
      String from = token;
      ListObjectsV2Response page =
          client.listObjectsV2(b ->
              b.bucket(settings.bucket())
                  .prefix(settings.prefix() + prefix)
                  .maxKeys(PAGE_KEYS)
                  .continuationToken(from));
      page.contents().forEach(object -> add(keys, prefix, object.key()));
      token = page.nextContinuationToken();
      if (!Boolean.TRUE.equals(page.isTruncated()) || token == null) {
        return keys.stream()
            .filter(key -> key.value().compareTo(startAfter) > 0)
            .sorted()
            .limit(maxKeys)
            .toList();
      }
      if (token.equals(from)) {
        throw withoutEnd(prefix);
      }
    }
    throw new GraftException.Limit(
        "more than "
            + MAX_UNORDERED_PAGES * PAGE_KEYS
            + " objects lie below '"
            + prefix
            + "', too many to sort");
  }

  private static GraftException.Unavailable withoutEnd(String prefix) {
    return new GraftException.Unavailable(
        "the store tells of more objects below '" + prefix + "' and does not list them");
  }

  /** What another program put there under a name that is no key of ours is passed over. */
  private void add(List<ObjectKey> keys, String prefix, String name) {
    boolean below = name.startsWith(settings.prefix() + prefix);
    String key = below ? name.substring(settings.prefix().length()) : "";
    if (ObjectKey.isKey(key)) {
      keys.add(new ObjectKey(key));
    }
  }

  @Override
  public void delete(ObjectKey key) {
    inRoom(() -> {
      try {
        return client.deleteObject(b -> b.bucket(settings.bucket()).key(settings.prefix() + key));
      } catch (RuntimeException e) {
        throw failures.of("delete " + key, e);
      }
    });
  }

  /** Ends its connections. */
  @Override
  public void close() {
    client.close();
  }

  private <T> T inRoom(Supplier<T> request) {
    try {
      room.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted before the request was sent", e);
    }
    try {
      return request.get();
    } finally {
      room.release();
    }
  }
}
