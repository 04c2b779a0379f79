package dev.graft.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.s3.fake.FakeS3;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PresignerTest {
  private static final ObjectKey KEY = new ObjectKey("volumes/v/segments/s");
  private static final byte[] BYTES = "a segment".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER = "a sagment".getBytes(StandardCharsets.UTF_8);
  private static final Duration VALIDITY = Duration.ofMinutes(5);

  private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.now());
  private final FakeS3 fake = FakeS3.start(0, clock::get);
  private final S3Settings settings = fake.newBucket().withPrefix("below/");
  private final Presigner presigner = new Presigner(settings, FakeS3.credentials());
  private final PresignedPut signed =
      presigner.put(KEY, BYTES.length, Hash.sha256(BYTES), VALIDITY);
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    http.close();
    presigner.close();
    fake.close();
  }

  private int send(URI url, Map<String, String> headers, byte[] body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url).PUT(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach((name, value) -> {
      // This client sends it by itself and takes it from nobody.
      if (!name.equals("content-length")) {
        request.header(name, value);
      }
    });
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).statusCode();
  }

  @Test
  void put_asSigned_landsOnceWithItsHash() throws Exception {
    assertThat(signed.headers())
        .containsEntry("if-none-match", "*")
        .containsEntry("content-length", Integer.toString(BYTES.length))
        .containsEntry("cache-control", S3ObjectStore.CACHE_CONTROL)
        .containsKey("x-amz-checksum-sha256")
        .doesNotContainKey("host");
    assertThat(signed.expires())
        .isBetween(Instant.now(), Instant.now().plus(VALIDITY).plusSeconds(1));
    assertThat(send(signed.url(), signed.headers(), BYTES)).isEqualTo(200);
    assertThat(send(signed.url(), signed.headers(), BYTES)).isEqualTo(412);
    try (var store = S3ObjectStore.open(settings, FakeS3.credentials(), InstantSource.system())) {
      assertThat(store.sha256(KEY)).contains(Hash.sha256(BYTES));
    }
  }

  @Test
  void put_anythingElseThanSigned_isRefused() throws Exception {
    assertThat(send(signed.url(), signed.headers(), OTHER)).as("other bytes").isEqualTo(400);
    assertThat(send(signed.url(), signed.headers(), new byte[3])).as("length").isEqualTo(403);
    for (String name : signed.headers().keySet()) {
      if (!name.equals("content-length")) {
        Map<String, String> less = new HashMap<>(signed.headers());
        less.remove(name);
        assertThat(send(signed.url(), less, BYTES)).as("without " + name).isEqualTo(403);
      }
    }
    Map<String, String> forged = new HashMap<>(signed.headers());
    forged.put("x-amz-acl", "public-read");
    assertThat(send(signed.url(), forged, BYTES)).as("more headers").isEqualTo(403);
    URI other = URI.create(signed.url().toString().replace("segments/s", "segments/t"));
    assertThat(send(other, signed.headers(), BYTES)).as("other key").isEqualTo(403);
    assertThat(fake.keys(settings.bucket())).isEmpty();
  }

  @Test
  void put_expired_isRefused() throws Exception {
    clock.set(Instant.now().plus(VALIDITY).plusSeconds(2));
    assertThat(send(signed.url(), signed.headers(), BYTES)).isEqualTo(403);
    assertThat(fake.keys(settings.bucket())).isEmpty();
  }

  @Test
  void put_tooLong_isMisuse() {
    for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofHours(2)}) {
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> presigner.put(KEY, 1, Hash.sha256(BYTES), wrong));
    }
  }

  @Test
  void put_onLocalStack_lands() throws Exception {
    Optional<HostS3> host = HostS3.start();
    org.junit.jupiter.api.Assumptions.assumeTrue(host.isPresent());
    S3Settings bucket = host.get().newBucket();
    try (Presigner other = new Presigner(bucket, HostS3.credentials());
        var store = S3ObjectStore.open(bucket, HostS3.credentials(), InstantSource.system())) {
      PresignedPut put = other.put(KEY, BYTES.length, Hash.sha256(BYTES), VALIDITY);
      assertThat(send(put.url(), put.headers(), OTHER)).isEqualTo(400);
      assertThat(send(put.url(), put.headers(), BYTES)).isEqualTo(200);
      assertThat(send(put.url(), put.headers(), BYTES)).isEqualTo(412);
      assertThat(store.sha256(KEY)).contains(Hash.sha256(BYTES));
    }
  }
}
