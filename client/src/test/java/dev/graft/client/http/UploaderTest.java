package dev.graft.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.http.Messages;
import dev.graft.http.UploadsAnswer;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A segment goes in the clear to nobody, unless the remote itself is asked in the clear. */
class UploaderTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final int PAGES = 64;
  private static final int BYTES = 2 << 20;

  private final SkippingConcurrency concurrency = new SkippingConcurrency();
  private final IdSource ids = new RandomIdSource(new Random(21));
  private final VolumeId volume = ids.newVolumeId();
  private final Segment segment = segment();

  private Segment segment() {
    byte[] raw = new byte[PAGES * SIZE.bytes()];
    Random random = new Random(22);
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer =
          new SegmentWriter(volume, ids.newSegmentId(concurrency.instant()), SIZE, encoder);
      for (long page = 1; writer.lengthBytes() < BYTES; page += PAGES) {
        random.nextBytes(raw);
        writer.addPages(false, PageRuns.of(page, PAGES), raw, 0, raw.length);
      }
      return writer.finish();
    }
  }

  /** A remote that names one place for every segment, and a store that takes what comes. */
  private final class Named implements Transport {
    private final URI place;
    private final List<URI> puts = new ArrayList<>();

    Named(String place) {
      this.place = URI.create(place);
    }

    @Override
    public <T> T send(Request request, Receiver<T> receiver) throws IOException {
      if (request.method().equals("PUT")) {
        puts.add(request.uri());
        return receiver.receive(new Said(new byte[0]));
      }
      Instant now = concurrency.instant();
      return receiver.receive(
          new Said(
              Messages.presigned()
                  .encode(
                      new UploadsAnswer.Presigned(place, Map.of(), now.plusSeconds(900), now))));
    }
  }

  /** 200 with a body. */
  private record Said(byte[] bytes) implements Transport.Answer {
    @Override
    public int status() {
      return 200;
    }

    @Override
    public @Nullable String header(String name) {
      return name.equals("content-type") ? "application/json" : null;
    }

    @Override
    public InputStream body() {
      return new ByteArrayInputStream(bytes);
    }
  }

  private void upload(String address, Named named) {
    try (HttpRemote remote =
        new HttpRemote(
            RemoteAddress.parse(address, false),
            named,
            new HeldTokens("token"),
            concurrency,
            new Random(1),
            HttpOptions.DEFAULT)) {
      remote.upload(volume, segment.id(), segment.bytes());
    }
  }

  @Test
  void upload_toAPlaceInTheClear_sendsNothing() {
    for (String place : List.of("http://store.example/x?signature=y", "http://127.0.0.1:9/x")) {
      Named named = new Named(place);
      assertThatExceptionOfType(GraftException.Corrupt.class)
          .isThrownBy(() -> upload("https://graft.example", named))
          .withMessageContaining("not https")
          .withMessageNotContaining("signature");
      assertThat(named.puts).isEmpty();
    }
  }

  @Test
  void upload_toAPlaceByHttps_orAskedForInTheClear_isSent() {
    Named secure = new Named("https://store.example/x");
    upload("https://graft.example", secure);
    assertThat(secure.puts).containsExactly(secure.place);
    Named plain = new Named("http://127.0.0.1:9/x");
    upload("http://127.0.0.1:8", plain);
    assertThat(plain.puts).containsExactly(plain.place);
  }
}
