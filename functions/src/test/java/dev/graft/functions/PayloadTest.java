package dev.graft.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Request;
import dev.graft.http.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Payload format 2.0, both ways. */
class PayloadTest {
  private static Request read(byte[] event) throws IOException {
    return PayloadReader.read(new ByteArrayInputStream(event));
  }

  private static Request read(String event) throws IOException {
    return read(event.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void read_textAndBytes_areTheSameRequest() throws IOException {
    byte[] body = "{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_8);
    Request sent = new Request("POST", "/v1/volumes", "", Map.of("X-Some-Name", "1, 2"), body);
    for (boolean base64 : new boolean[] {false, true}) {
      Request read = read(Events.event(sent, base64));
      assertThat(read.method()).isEqualTo("POST");
      assertThat(read.path()).isEqualTo("/v1/volumes");
      assertThat(read.header("x-some-name")).isEqualTo("1, 2");
      assertThat(read.body()).isEqualTo(body);
    }
  }

  @Test
  void read_oneHeaderInTwoSpellings_isJoined() throws IOException {
    Request read =
        read(
            "{\"rawPath\":\"/\",\"requestContext\":{\"a\":{\"method\":\"PUT\"},\"http\":{\"method\":\"GET\"},"
                + "\"http2\":[1]},\"headers\":{\"A\":\"1\",\"a\":\"2\",\"b\":null,\"c\":{\"d\":[]}},"
                + "\"multiValueHeaders\":{\"e\":[\"f\"]},\"body\":null}");
    assertThat(read.header("a")).isEqualTo("1,2");
    assertThat(read.method()).isEqualTo("GET");
    assertThat(read.headers()).hasSize(1);
    assertThat(read.body()).isEmpty();
  }

  @Test
  void read_noEvent_isRefusedWhateverItIs() throws IOException {
    long seed = 5;
    Random random = new Random(seed);
    byte[] good =
        Events.event(
            new Request("POST", "/v1/volumes", "", Map.of("a", "b"), new byte[] {1, 2, 3}), true);
    for (int round = 0; round < 2_000; round++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      try {
        assertThat(read(bad)).isNotNull();
      } catch (IOException expected) {
        assertThat(expected).as("seed " + seed + " round " + round).isNotNull();
      }
    }
    for (String event :
        new String[] {
          "",
          "{",
          "[]",
          "{}",
          "{\"rawPath\":\"/\"}",
          "{\"rawPath\":{}}",
          "{\"rawPath\":\"/\",\"requestContext\":{\"http\":{\"method\":\"GET\"}},\"body\":\"?\",\"isBase64Encoded\":true}"
        }) {
      assertThatThrownBy(() -> read(event)).as(event).isInstanceOf(IOException.class);
    }
  }

  @Test
  void write_bytesAreBase64AndTextIsText() throws IOException {
    byte[] bytes = new byte[3_000];
    new Random(3).nextBytes(bytes);
    Answer binary = new Answer(206, Map.of(Headers.CONTENT_TYPE, Headers.BYTES), bytes);
    byte[] written = write(binary);
    assertThat(new String(written, StandardCharsets.UTF_8)).contains("\"isBase64Encoded\":true");
    assertThat(Events.answer(written).body()).isEqualTo(bytes);
    byte[] text = ("{\"root\":\"" + "A".repeat(500) + "\"}").getBytes(StandardCharsets.UTF_8);
    byte[] plain = write(new Answer(200, Map.of(Headers.CONTENT_TYPE, Headers.JSON), text));
    assertThat(new String(plain, StandardCharsets.UTF_8)).contains("\"isBase64Encoded\":false");
    assertThat(Events.answer(plain).body()).isEqualTo(text);
    byte[] quotes = "\"\\".repeat(500).getBytes(StandardCharsets.UTF_8);
    byte[] shorter = write(new Answer(200, Map.of(Headers.CONTENT_TYPE, Headers.JSON), quotes));
    assertThat(shorter.length).isLessThan(2 * quotes.length);
    assertThat(Events.answer(shorter).body()).isEqualTo(quotes);
  }

  private static byte[] write(Answer answer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PayloadWriter.write(answer, out);
    return out.toByteArray();
  }
}
