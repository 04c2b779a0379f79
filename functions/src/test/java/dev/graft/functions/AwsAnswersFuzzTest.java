package dev.graft.functions;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.protocol.error.GraftException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Arbitrary bytes are no page of the edge's key value store and no answer with a key ring, or the
 * same when they are written again; arbitrary variables are settings or refused. A plain test run
 * plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code -Djazzer.hooks=true}
 * look for new ones.
 */
class AwsAnswersFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void edgeKeys(byte[] page) throws IOException {
    Map<String, String> entries = new TreeMap<>();
    String next;
    try {
      next = EdgeKeyStore.read(page, entries);
    } catch (GraftException.Unavailable expected) {
      return;
    }
    if (!entries.entrySet().stream().allMatch(e -> canBeWritten(e.getKey() + e.getValue()))
        || next != null && !canBeWritten(next)) {
      return;
    }
    Map<String, String> again = new TreeMap<>();
    require(Objects.equals(next, EdgeKeyStore.read(written(entries, next), again)));
    require(again.equals(entries));
  }

  @FuzzTest(maxDuration = "60s")
  void keyRing(byte[] answer) throws IOException {
    String text;
    try {
      text = KeyRingPlace.text("ssm", answer, "Value");
    } catch (GraftException.Unavailable | GraftException.Misuse expected) {
      return;
    }
    if (canBeWritten(text)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (JsonGenerator out = new JsonFactory().createGenerator(bytes)) {
        out.writeStartObject();
        out.writeStringField("Value", text);
        out.writeEndObject();
      }
      require(text.equals(KeyRingPlace.text("ssm", bytes.toByteArray(), "Value")));
    }
  }

  /** A line for each variable, {@code NAME=VALUE}. */
  @FuzzTest(maxDuration = "60s")
  void settings(byte[] bytes) {
    Map<String, String> environment = new HashMap<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      int end = line.indexOf('=');
      if (end > 0) {
        environment.put(line.substring(0, end), line.substring(end + 1));
      }
    }
    try {
      require(Settings.of(environment).limits().requests() > 0);
    } catch (GraftException.Misuse expected) {
      require(String.valueOf(expected.getMessage()).contains("environment"));
    }
  }

  private static byte[] written(Map<String, String> entries, @Nullable String next)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeArrayFieldStart("Items");
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        out.writeStartObject();
        out.writeStringField("Key", entry.getKey());
        out.writeStringField("Value", entry.getValue());
        out.writeEndObject();
      }
      out.writeEndArray();
      if (next != null) {
        out.writeStringField("NextToken", next);
      }
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /** JSON can spell half a character, of which there are no bytes. */
  private static boolean canBeWritten(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("it reads otherwise when it was written again");
    }
  }
}
