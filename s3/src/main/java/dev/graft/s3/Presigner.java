package dev.graft.s3;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PresignedPutObjectRequest;

/**
 * Signs uploads that go past the engine straight to S3: of one key, one length and one SHA-256,
 * only while nothing stands at the key, and only for a while. S3 refuses what differs in any of
 * them, so what stands there afterwards has the SHA-256 that was signed. Sends no request. Safe for
 * use by many threads.
 */
public final class Presigner implements AutoCloseable {
  /** No upload may take longer. */
  public static final Duration MAX_VALIDITY = Duration.ofHours(1);

  private final S3Settings settings;
  private final S3Presigner presigner;

  /** Signs with these credentials. */
  public Presigner(S3Settings settings, AwsCredentialsProvider credentials) {
    this.settings = settings;
    this.presigner = Clients.presigner(settings, credentials);
  }

  /** Signs with the credentials that the SDK's usual chain finds. */
  public Presigner(S3Settings settings) {
    this(settings, DefaultCredentialsProvider.builder().build());
  }

  /**
   * Signs an upload.
   *
   * @param lengthBytes of the object
   * @param sha256 of the object
   * @param validity from now on, at most an hour; less when the credentials end before
   * @throws GraftException.Unauthorized when there are no credentials
   */
  public PresignedPut put(ObjectKey key, int lengthBytes, Hash sha256, Duration validity) {
    if (lengthBytes < 0
        || validity.compareTo(Duration.ofSeconds(1)) < 0
        || validity.compareTo(MAX_VALIDITY) > 0) {
      throw new GraftException.Misuse(
          "cannot sign an upload of " + lengthBytes + " bytes for " + validity);
    }
    PresignedPutObjectRequest signed;
    try {
      signed =
          presigner.presignPutObject(b ->
              b.signatureDuration(validity)
                  .putObjectRequest(p ->
                      p.bucket(settings.bucket())
                          .key(settings.prefix() + key)
                          .ifNoneMatch("*")
                          .contentLength((long) lengthBytes)
                          .contentType(S3ObjectStore.CONTENT_TYPE)
                          .cacheControl(S3ObjectStore.CACHE_CONTROL)
                          .checksumSHA256(Base64.getEncoder().encodeToString(sha256.toBytes()))));
    } catch (RuntimeException e) {
      throw new S3Failures(settings).of("sign the upload of " + key, e);
    }
    var headers = new TreeMap<String, String>();
    signed
        .signedHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    headers.remove("host");
    return new PresignedPut(URI.create(signed.url().toString()), headers, signed.expiration());
  }

  /** Ends it. */
  @Override
  public void close() {
    presigner.close();
  }
}
