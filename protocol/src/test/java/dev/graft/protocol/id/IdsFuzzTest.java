package dev.graft.protocol.id;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * Arbitrary text is no id and no hash, or exactly what they print. A plain test run plays the kept
 * inputs; {@code JAZZER_FUZZ=1} in the environment and {@code -Djazzer.hooks=true} look for new
 * ones.
 */
class IdsFuzzTest {
  private static final List<Function<String, Object>> KINDS =
      List.of(
          VolumeId::parse,
          SegmentId::parse,
          CheckpointId::parse,
          TokenId::parse,
          IdempotencyKey::parse,
          Hash::parse);

  @FuzzTest(maxDuration = "60s")
  void id(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int taken = 0;
    for (Function<String, Object> kind : KINDS) {
      try {
        Object id = kind.apply(text);
        taken++;
        if (!id.toString().equals(text)) {
          throw new AssertionError("two forms of " + id);
        }
      } catch (GraftException.Misuse expected) {
        continue;
      }
    }
    if (taken > 1) {
      throw new AssertionError("an id of two kinds: " + text);
    }
  }
}
