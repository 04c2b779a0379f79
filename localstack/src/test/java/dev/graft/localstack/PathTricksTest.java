package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.Replica;
import dev.graft.client.http.HttpRemote;
import dev.graft.engine.store.Counts;
import dev.graft.http.HttpLimits;
import dev.graft.http.Route;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that no client would send, byte for byte, with a good token: each is turned away at the
 * edge with a 4xx, reaches no function and no object, and shows nothing of the inside.
 */
@Timeout(60)
class PathTricksTest {
  private static final String NLSN = "fffffffffffffffe";

  private static String send(HttpStage stage, String head, String body) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getByName("127.0.0.1"), stage.stack.address().getPort())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write((head + body).getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String head(String method, String target, String token, int length) {
    return method
        + " "
        + target
        + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\ngraft-token: "
        + token
        + "\r\ncontent-length: "
        + length
        + "\r\n\r\n";
  }

  @Test
  void paths_thatAreNotExactlyOfTheGrammar_are4xx_andReachNothing() throws Exception {
    try (HttpStage stage = new HttpStage()) {
      HttpRemote remote = stage.remote();
      VolumeId volume = stage.create(remote);
      Replica replica = stage.open(remote, volume);
      HttpStage.commit(replica, CommitOptions.NONE, 1, 1);
      stage.stack.quiesce();
      String token = stage.admin();
      String good = "/v1/volumes/" + volume + "/log/" + NLSN;
      assertThat(send(stage, head("GET", good, token, 0), "")).startsWith("HTTP/1.1 200");
      Counts store = stage.store.snapshot();
      long invocations = stage.stack.invocations();
      for (String target : tricks(volume)) {
        for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE")) {
          String answer = send(stage, head(method, target, token, 2), "{}");
          assertThat(answer).as("%s %s", method, target).startsWith("HTTP/1.1 4");
          assertThat(answer)
              .as("%s %s", method, target)
              .doesNotContain("\tat ")
              .doesNotContain("dev.graft")
              .doesNotContain(token);
        }
      }
      assertThat(stage.store.snapshot()).isEqualTo(store);
      assertThat(stage.stack.invocations()).isEqualTo(invocations);
    }
  }

  @Test
  void requests_thatTheirHeadsRefuse_areAnsweredBeforeAnyBodyCame() throws Exception {
    try (HttpStage stage = new HttpStage()) {
      VolumeId volume = stage.create(stage.remote());
      long invocations = stage.stack.invocations();
      String info = "/v1/volumes/" + volume + "/info";
      int large = 8 << 20;
      // Not a byte of the body is sent: who waited for it would not answer.
      assertRefused(404, send(stage, head("POST", "/v1/nothing", "", large), ""));
      assertRefused(405, send(stage, head("PUT", info, "", large), ""));
      assertRefused(401, send(stage, head("POST", info, "x", large), ""));
      assertRefused(413, send(stage, head("POST", info, stage.admin(), large + 1), ""));
      assertThat(stage.stack.invocations()).isEqualTo(invocations);
    }
  }

  @Test
  void bodies_largerThanTheirRoutesTake_are413BeforeTheyCame_andReachNoFunction() throws Exception {
    try (HttpStage stage = new HttpStage()) {
      VolumeId volume = stage.create(stage.remote());
      String token = stage.admin();
      String info = "/v1/volumes/" + volume + "/info";
      SegmentId segment = new RandomIdSource(new Random(41)).newSegmentId(Instant.now());
      String upload = new Route.Upload(volume, segment).path();
      long invocations = stage.stack.invocations();
      int json = HttpLimits.MAX_REQUEST_BYTES;
      assertRefused(413, send(stage, head("POST", info, token, json + 1), ""));
      assertRefused(
          413, send(stage, head("POST", upload, token, HttpLimits.MAX_UPLOAD_BYTES + 1), ""));
      String chunked =
          head("POST", info, token, 0).replace("content-length: 0", "transfer-encoding: chunked");
      // The first chunk fits, and the second would be one byte too many: none of it is sent.
      String half = Integer.toHexString(json / 2);
      String first = half + "\r\n" + "x".repeat(json / 2) + "\r\n";
      assertRefused(413, send(stage, chunked, Integer.toHexString(json + 1) + "\r\n"));
      assertRefused(413, send(stage, chunked, first + Integer.toHexString(json / 2 + 1) + "\r\n"));
      assertThat(stage.stack.invocations()).isEqualTo(invocations);
      // One byte less is taken, and refused for the hash that it does not name.
      assertRefused(403, send(stage, chunked, first + first + "0\r\n\r\n"));
      assertRefused(403, send(stage, head("POST", info, token, json), "x".repeat(json)));
    }
  }

  private static void assertRefused(int status, String answer) {
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("content-type: application/problem+json\r\n", "\r\ngraft-time: 20");
  }

  private static List<String> tricks(VolumeId volume) {
    String base = "/v1/volumes/" + volume;
    List<String> tricks =
        new ArrayList<>(
            List.of(
                "/",
                "*",
                "/v1",
                "/v1/volumes/",
                base,
                base + "/",
                base + "/volume",
                base + "/state/" + NLSN,
                base + "/derived/0/rollups/1/0",
                base + "/checkpoints/x",
                base + "/forks/" + volume,
                base + "/log/" + NLSN + "/",
                base + "/log/" + NLSN.toUpperCase(java.util.Locale.ROOT),
                base + "/log//" + NLSN,
                base + "/log/%66" + NLSN.substring(1),
                base + "/log/" + NLSN + "%00",
                base + "/log/" + NLSN + "?a=b",
                base + "/log/" + NLSN + "?",
                base + "/info?",
                "/v1/%zz",
                "/v1/|<>",
                "v1/x",
                base + "/log/" + NLSN + ";a",
                base + "/log/../log/" + NLSN,
                base + "/log/./" + NLSN,
                base + "/segments/../volume",
                base + "/segments/..%2fvolume",
                base + "/segments/%2e%2e/volume",
                base + "//log/" + NLSN,
                "/v1/volumes/" + volume + "%2flog/" + NLSN,
                "/v1/../v1/volumes/" + volume + "/log/" + NLSN,
                "//v1/volumes/" + volume + "/volume",
                "http://other/v1/volumes/" + volume + "/volume",
                "/volumes/" + volume + "/volume",
                "/v1/auth/revocations/" + NLSN,
                "/v1/volumes/" + "a".repeat(4_000)));
    return tricks;
  }
}
