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
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
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

  private int put(String name, String value, long length) {
    Map<String, String> headers = new HashMap<>(place.headers());
    headers.put(name, value);
    Incoming body =
        new Incoming() {
          @Override
          public long length() {
            return length;
          }

          @Override
          public byte[] bytes() {
            isRead = true;
            return BYTES;
          }
        };
    WebRequest request = new WebRequest("PUT", place.url().getPath(), "", headers, body);
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
}
