package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.http.UploadsAnswer;
import dev.graft.localstack.web.Incoming;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebRequest;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UploadPlacesTest {
  private static final byte[] BYTES = new byte[100];

  private final CountingObjectStore store =
      new CountingObjectStore(new MemoryObjectStore(() -> Instant.EPOCH));
  private final UploadPlaces places =
      new UploadPlaces(store, () -> Instant.EPOCH, new java.util.Random(1));
  private final UploadsAnswer.Presigned place =
      places.place(
          new VolumeId(1, 1),
          new SegmentEntry(new SegmentId(1, 1), BYTES.length, Hash.sha256(BYTES)));
  private boolean isRead;
  private byte[] bytes = BYTES;

  private int put(String name, String value, long length) {
    Map<String, String> headers = new HashMap<>(place.headers());
    headers.put(name, value);
    return ask("PUT", place.url().getPath(), headers, length);
  }

  private int ask(String method, String path, Map<String, String> headers, long length) {
    Incoming body =
        new Incoming() {
          @Override
          public long length() {
            return length;
          }

          @Override
          public byte[] bytes() {
            isRead = true;
            return bytes;
          }
        };
    WebRequest request = new WebRequest(method, path, "", headers, body);
    return ((WebAnswer.Response) places.handle(request)).status();
  }

  @Test
  void put_thatIsNotAsSigned_is403_andItsBodyIsNotRead() {
    String checksum = "x-amz-checksum-sha256";
    assertThat(put(checksum, "AAAA", BYTES.length)).isEqualTo(403);
    assertThat(put(checksum, "", BYTES.length)).isEqualTo(403);
    assertThat(put("content-type", "text/plain", BYTES.length)).isEqualTo(403);
    assertThat(put("if-none-match", "x", BYTES.length)).isEqualTo(403);
    assertThat(put("x-more", "y", BYTES.length + 1)).isEqualTo(403);
    assertThat(put("x-more", "y", Incoming.UNKNOWN)).isEqualTo(403);
    assertThat(isRead).isFalse();
    assertThat(store.snapshot().writes()).isZero();
    assertThat(put("x-more", "y", BYTES.length)).isEqualTo(200);
    assertThat(isRead).isTrue();
    assertThat(put("x-more", "y", BYTES.length)).isEqualTo(412);
  }

  /** Whatever comes to a place that is none, or as what is no upload: refused, read by nobody. */
  @Test
  void garbage_isRefused_andNotRead_andLeavesNothing() {
    long seed = 20261125L;
    Random random = new Random(seed);
    String path = place.url().getPath();
    List<String> paths =
        new ArrayList<>(List.of("", "/", "*", "/uploads/", path + "/", path + "0"));
    for (int round = 0; round < 200; round++) {
      char[] name = path.toCharArray();
      int at = random.nextInt(name.length);
      char other = (char) (' ' + random.nextInt(95));
      if (name[at] != other) {
        name[at] = other;
        paths.add(new String(name));
      }
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      paths.add("/uploads/" + new String(noise, StandardCharsets.ISO_8859_1));
    }
    paths.add(path.repeat(1_000));
    for (String each : paths) {
      assertThat(ask("PUT", each, place.headers(), BYTES.length))
          .as("seed %d: %s", seed, each)
          .isEqualTo(403);
    }
    for (String method : List.of("GET", "HEAD", "POST", "DELETE", "put", "")) {
      assertThat(ask(method, path, place.headers(), BYTES.length)).as(method).isEqualTo(403);
    }
    for (long length : new long[] {0, 99, 101, 1L << 31, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      assertThat(ask("PUT", path, place.headers(), length)).as("%d", length).isEqualTo(403);
    }
    assertThat(ask("PUT", path, Map.of(), BYTES.length)).isEqualTo(403);
    for (String name : place.headers().keySet()) {
      Map<String, String> less = new HashMap<>(place.headers());
      less.remove(name);
      assertThat(ask("PUT", path, less, BYTES.length)).as("without " + name).isEqualTo(403);
      less.put(name, "x".repeat(1 << 20));
      assertThat(ask("PUT", path, less, BYTES.length)).as("long " + name).isEqualTo(403);
    }
    assertThat(isRead).isFalse();
    bytes = new byte[] {1, 2, 3};
    assertThat(ask("PUT", path, place.headers(), BYTES.length)).isEqualTo(400);
    assertThat(store.snapshot().writes()).isZero();
    bytes = BYTES;
    assertThat(ask("PUT", path, place.headers(), BYTES.length)).isEqualTo(200);
  }
}
