package dev.graft.localstack.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FunctionUrlTest {
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private String answer = "{\"statusCode\":200,\"body\":\"well\"}";
  private FunctionMishaps.Mishap mishap = FunctionMishaps.Mishap.NONE;
  private final RequestStreamHandler handler =
      (in, out, context) -> {
        assertThat(context.getFunctionName()).isEqualTo("commit");
        events.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        if (answer.isEmpty()) {
          throw new IOException("as was asked for");
        }
        out.write(answer.getBytes(StandardCharsets.UTF_8));
      };
  private final FunctionUrl url =
      new FunctionUrl(
          new HandlerInvoker("commit", handler), _ -> mishap, () -> java.time.Instant.EPOCH);

  private static WebRequest post(String type, byte[] body, String... more) {
    Map<String, String> headers = new HashMap<>();
    headers.put("content-type", type);
    headers.put("x-amz-content-sha256", sha256(body));
    for (int i = 0; i < more.length; i += 2) {
      headers.put(more[i], more[i + 1]);
    }
    return new WebRequest("POST", "/v1/volumes", "", headers, body);
  }

  private static String sha256(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String body(WebAnswer answer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ((WebAnswer.Response) answer).body().writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static int status(WebAnswer answer) {
    return ((WebAnswer.Response) answer).status();
  }

  @Test
  void handle_makesAnEventOfPayloadFormat2() throws IOException {
    byte[] json = "{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8);
    WebAnswer given =
        url.handle(post("application/json", json, "graft-token", "t", "authorization", "mine"));
    assertThat(body(given)).isEqualTo("well");
    assertThat(events.getFirst())
        .contains("\"version\":\"2.0\"", "\"rawPath\":\"/v1/volumes\"", "\"method\":\"POST\"")
        .contains("\"graft-token\":\"t\"", "\"body\":\"{\\\"a\\\":\\\"ü\\\"}\"")
        .contains("\"isBase64Encoded\":false")
        .doesNotContain("mine");
    url.handle(post("application/octet-stream", new byte[] {-1, 0}));
    assertThat(events.getLast()).contains("\"body\":\"/wA=\"", "\"isBase64Encoded\":true");
    url.handle(post("application/json", new byte[] {-1, 0}));
    assertThat(events.getLast()).contains("\"body\":\"/wA=\"", "\"isBase64Encoded\":true");
  }

  @Test
  void handle_readsTheAnswer_binaryToo() throws IOException {
    answer =
        "{\"statusCode\":409,\"headers\":{\"Graft-Time\":\"now\"},\"cookies\":[\"a\"],"
            + "\"body\":\"d2VsbA==\",\"isBase64Encoded\":true}";
    WebAnswer given = url.handle(post("application/json", new byte[0]));
    assertThat(status(given)).isEqualTo(409);
    assertThat(((WebAnswer.Response) given).headers()).containsEntry("graft-time", "now");
    assertThat(body(given)).isEqualTo("well");
  }

  @Test
  void handle_ofAFunctionThatFails_is502() {
    for (String wrong : List.of("", "no json", "[]", "{\"statusCode\":200", "{\"headers\":7}")) {
      answer = wrong;
      assertThat(status(url.handle(post("application/json", new byte[0]))))
          .as(wrong)
          .isEqualTo(502);
    }
  }

  @Test
  void handle_ofABodyWithAnotherHash_is403_withoutAnInvocation() {
    WebRequest well = post("application/json", new byte[] {'1'});
    WebRequest other = new WebRequest("POST", well.path(), "", well.headers(), new byte[] {'2'});
    assertThat(status(url.handle(other))).isEqualTo(403);
    WebRequest none = new WebRequest("POST", well.path(), "", Map.of(), new byte[] {'1'});
    assertThat(status(url.handle(none))).isEqualTo(403);
    assertThat(url.invocations()).isZero();
  }

  @Test
  void handle_ofMoreThanLambdaTakes_is413_andOfMoreThanItGives502() {
    byte[] large = new byte[4_800_000];
    new Random(1).nextBytes(large);
    assertThat(status(url.handle(post("application/octet-stream", large)))).isEqualTo(413);
    assertThat(url.invocations()).isZero();
    answer = "{\"statusCode\":200,\"body\":\"" + "x".repeat(FunctionUrl.MAX_PAYLOAD_BYTES) + "\"}";
    assertThat(status(url.handle(post("application/json", new byte[0])))).isEqualTo(502);
  }

  @Test
  void mishaps_happenAsNamed() {
    WebRequest request = post("application/json", new byte[0]);
    mishap = FunctionMishaps.Mishap.THROTTLED;
    assertThat(status(url.handle(request))).isEqualTo(429);
    assertThat(url.invocations()).isZero();
    mishap = FunctionMishaps.Mishap.LOSE_ANSWER;
    assertThat(url.handle(request)).isInstanceOf(WebAnswer.Dropped.class);
    assertThat(url.invocations()).isEqualTo(1);
    mishap = FunctionMishaps.Mishap.TWICE;
    assertThat(status(url.handle(request))).isEqualTo(200);
    assertThat(url.invocations()).isEqualTo(3);
    mishap = FunctionMishaps.Mishap.TOGETHER;
    assertThat(status(url.handle(request))).isEqualTo(200);
    assertThat(url.invocations()).isEqualTo(5);
    mishap = FunctionMishaps.Mishap.LATE;
    assertThat(status(url.handle(request))).isEqualTo(504);
    assertThat(url.invocations()).isEqualTo(5);
    assertThat(url.late()).isEqualTo(1);
    assertThat(url.late()).isZero();
    assertThat(url.invocations()).isEqualTo(6);
  }
}
