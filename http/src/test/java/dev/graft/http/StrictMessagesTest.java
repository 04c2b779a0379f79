package dev.graft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a body can be wrong, tried on every message at every place. */
class StrictMessagesTest {
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "1",
          "-1",
          "1.5",
          "1e3",
          "4294967296",
          "9007199254740992",
          "9223372036854775807",
          "18446744073709551616",
          "\"\"",
          "\"x\"",
          "\"0\"",
          "\"01\"",
          "\"-1\"",
          "\"+1\"",
          "\"18446744073709551616\"",
          "\"AAA\"",
          "\"AAAA\"",
          "\"====\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"2026-13-01T00:00:00Z\"",
          "\"2026-01-01T00:00:00\"",
          "\"+12026-01-01T00:00:00Z\"",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "[{}]",
          "[\"x\"]");

  static List<Samples.Sample<?>> samples() {
    return Samples.all();
  }

  static List<Samples.Sample<?>> full() {
    return Samples.all().stream().filter(each -> each.encode().length > 2).toList();
  }

  /** Refused with the right kind, or taken for what it says. */
  private static <T> boolean refuses(Message<T> message, byte[] json) {
    try {
      T value = message.decode(json);
      byte[] again = message.encode(value);
      assertThat(message.encode(message.decode(again))).isEqualTo(again);
      return false;
    } catch (GraftException.Misuse e) {
      assertThat(message.isRequest()).as(e.getMessage()).isTrue();
      return true;
    } catch (GraftException.Corrupt e) {
      assertThat(message.isRequest()).as(e.getMessage()).isFalse();
      return true;
    }
  }

  private static Map<String, Object> tree(Samples.Sample<?> sample) {
    return Tree.parse(sample.encode());
  }

  @ParameterizedTest
  @MethodSource("full")
  void decode_memberLeftOut_isRefusedUnlessItMayBe(Samples.Sample<?> sample) {
    Map<String, Object> tree = tree(sample);
    assertThat(Tree.print(tree)).isEqualTo(sample.encode());
    int[] refused = {0};
    Tree.forEachObject(
        tree,
        object -> {
          for (String name : List.copyOf(object.keySet())) {
            Map<String, Object> kept = new LinkedHashMap<>(object);
            object.remove(name);
            refused[0] += refuses(sample.message(), Tree.print(tree)) ? 1 : 0;
            object.clear();
            object.putAll(kept);
          }
        });
    assertThat(refused[0]).isGreaterThanOrEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("full")
  void decode_otherValueAnywhere_isRefusedOrMeant(Samples.Sample<?> sample) {
    Map<String, Object> tree = tree(sample);
    int[] refused = {0};
    Tree.forEachObject(
        tree,
        object -> {
          for (Map.Entry<String, Object> member : object.entrySet()) {
            Object kept = member.getValue();
            for (String value : VALUES) {
              member.setValue(new Tree.Raw(value));
              refused[0] += refuses(sample.message(), Tree.print(tree)) ? 1 : 0;
            }
            member.setValue(kept);
          }
        });
    assertThat(refused[0]).isGreaterThan(10);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void decode_unknownMember_isRefusedInRequestsOnly(Samples.Sample<?> sample) {
    Map<String, Object> tree = tree(sample);
    Tree.forEachObject(
        tree,
        object -> {
          if (object.containsKey("if-none-match")) {
            return;
          }
          for (String value : List.of("1", "null", "1e99", "{\"a\":[{}]}")) {
            object.put("future", new Tree.Raw(value));
            assertThat(refuses(sample.message(), Tree.print(tree)))
                .isEqualTo(sample.message().isRequest());
            object.remove("future");
          }
        });
  }

  @ParameterizedTest
  @MethodSource("full")
  void decode_memberTwice_isRefused(Samples.Sample<?> sample) {
    String json = new String(sample.encode(), StandardCharsets.UTF_8);
    for (String name : tree(sample).keySet()) {
      String member = json.substring(json.indexOf("\"" + name + "\":"), json.length() - 1);
      String once = member.contains(",\"") ? "\"" + name + "\":1" : member;
      String twice = json.substring(0, json.length() - 1) + "," + once + "}";
      assertThat(refuses(sample.message(), twice.getBytes(StandardCharsets.UTF_8))).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void decode_notExactlyOneObject_isRefused(Samples.Sample<?> sample) {
    String json = new String(sample.encode(), StandardCharsets.UTF_8);
    assertThat(refuses(sample.message(), (" " + json + "\n ").getBytes(StandardCharsets.UTF_8)))
        .isFalse();
    List<String> wrong =
        new ArrayList<>(
            List.of(
                "",
                " ",
                "null",
                "[]",
                "[" + json + "]",
                "\"x\"",
                json + json,
                json + "x",
                json + ",",
                json + "]",
                json + "\u0000",
                "\ufeff" + json,
                "//\n" + json,
                json.replace('"', '\''),
                json.substring(0, json.length() - 1),
                json.replaceFirst("\\{", "{,"),
                "{\"a\":1,}"));
    for (String each : wrong) {
      if (!each.equals(json)) {
        assertThat(refuses(sample.message(), each.getBytes(StandardCharsets.UTF_8)))
            .as(each)
            .isTrue();
      }
    }
    for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE")) {
      assertThat(refuses(sample.message(), json.getBytes(Charset.forName(charset)))).isTrue();
    }
    for (int end = 1; end < json.length(); end += Math.max(1, json.length() / 50)) {
      assertThat(
              refuses(
                  sample.message(),
                  sample.encode().length > end
                      ? java.util.Arrays.copyOf(sample.encode(), end)
                      : new byte[0]))
          .isTrue();
    }
  }

  @Test
  void decode_bytesThatAreNoUtf8_areRefused() {
    for (int[] bytes :
        new int[][] {
          {0xC0, 0x80}, {0xED, 0xA0, 0x80}, {0xFF}, {0xE2, 0x82}, {0xF4, 0x90, 0x80, 0x80}
        }) {
      byte[] json = "{\"token\":\"xxxx\"}".getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < bytes.length; i++) {
        json[10 + i] = (byte) bytes[i];
      }
      assertThat(refuses(Messages.revoke(), json)).isTrue();
    }
  }

  @Test
  void decode_nesting_hasALimit() {
    assertThat(refuses(Messages.done(), nested(15))).isFalse();
    assertThat(refuses(Messages.done(), nested(16))).isTrue();
    assertThat(refuses(Messages.done(), nested(1_000_000))).isTrue();
  }

  private static byte[] nested(int depth) {
    return ("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void decode_manyValuesOrBytes_areRefusedBeforeTheyTakeMemory() {
    String many = "{\"max\":1,\"newest\":[" + "0,".repeat(HttpLimits.MAX_REQUEST_VALUES) + "0]}";
    assertThatThrownBy(() -> Messages.logRequest().decode(many.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("too many values");
    assertThatThrownBy(() -> Messages.empty().decode(new byte[HttpLimits.MAX_REQUEST_BYTES + 1]))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("at most 1048576");
    assertThatThrownBy(() -> Messages.graft().decode(new byte[HttpLimits.MAX_ANSWER_BYTES + 1]))
        .isInstanceOf(GraftException.Corrupt.class);
    String name = "{\"" + "n".repeat(300_000) + "\":1}";
    assertThat(refuses(Messages.done(), name.getBytes(StandardCharsets.UTF_8))).isTrue();
    String digits = "{\"max\":" + "9".repeat(900_000) + "}";
    assertThat(refuses(Messages.logRequest(), digits.getBytes(StandardCharsets.UTF_8))).isTrue();
  }

  @Test
  void decode_twoContents_areRefused() {
    Map<String, Object> tree = tree(Samples.named("commitRequest-inline"));
    tree.put("revertTo", new Tree.Raw("\"3\""));
    assertThat(refuses(Messages.commitRequest(Samples.VOLUME), Tree.print(tree))).isTrue();
    byte[] two = "{\"keep\":\"3\",\"release\":\"3\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(refuses(Messages.retainRequest(Samples.VOLUME), two)).isTrue();
  }

  @Test
  void toString_secrets_areNotSaid() {
    for (String name : List.of("token", "revoke-token", "forked", "presigned")) {
      assertThat(Samples.named(name).value().toString())
          .doesNotContain("header.claims", "Signature");
    }
  }

  @Test
  void decode_elementsTooLongTogether_areToldOfAsElements() {
    Map<String, Object> tree = tree(Samples.named("commitRequest-inline"));
    Object transactions = tree.get("transactions");
    tree.put("transactions", List.of(zeros(10_000), zeros(10_000)));
    assertThatThrownBy(
            () -> Samples.named("commitRequest-inline").message().decode(Tree.print(tree)))
        .hasMessageContaining("member 'transactions' has elements of more than ")
        .hasMessageContaining(" bytes together");
    tree.put("transactions", transactions);
    tree.put("inline", Map.of("frames", List.of(zeros(40_000), zeros(40_000))));
    assertThatThrownBy(
            () -> Samples.named("commitRequest-inline").message().decode(Tree.print(tree)))
        .hasMessageContaining(
            "member 'inline.frames' has elements of more than 65536 bytes together");
  }

  private static Tree.Raw zeros(int bytes) {
    return new Tree.Raw(
        "\"" + java.util.Base64.getEncoder().encodeToString(new byte[bytes]) + "\"");
  }
}
