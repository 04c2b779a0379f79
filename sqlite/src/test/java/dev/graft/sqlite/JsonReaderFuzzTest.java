package dev.graft.sqlite;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Arbitrary text is refused as no JSON, or says the same with space around it. A plain test run
 * plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code -Djazzer.hooks=true}
 * look for new ones.
 */
class JsonReaderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    Object value;
    try {
      value = JsonReader.parse(text);
    } catch (GraftException.Misuse expected) {
      return;
    }
    if (!Objects.equals(value, JsonReader.parse(" \n" + text + "\t "))) {
      throw new AssertionError("space changes what a text says");
    }
  }
}
