package dev.graft.client.local;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import java.util.Arrays;

/**
 * Arbitrary bytes as records of the local log are refused as damage, or have one form from then on.
 * A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code
 * -Djazzer.hooks=true} look for new ones.
 */
class LocalCodecFuzzTest {
  /** The kind of a push, and that it carries one transaction. */
  private static final byte[] PUSH = {2, 1};

  @FuzzTest(maxDuration = "60s")
  void record(byte[] bytes) {
    hasOneForm(bytes);
  }

  /** The request of a push that needs no segments in the store. */
  @FuzzTest(maxDuration = "60s")
  void request(byte[] bytes) {
    byte[] push = Arrays.copyOf(PUSH, PUSH.length + bytes.length + 1);
    System.arraycopy(bytes, 0, push, PUSH.length, bytes.length);
    hasOneForm(push);
  }

  private static void hasOneForm(byte[] bytes) {
    LocalRecord record;
    try {
      record = LocalCodec.decode("a log", bytes);
    } catch (GraftException.Corrupt expected) {
      return;
    }
    byte[] once = LocalCodec.encode(record);
    if (!Arrays.equals(LocalCodec.encode(LocalCodec.decode("a log", once)), once)) {
      throw new AssertionError("two forms of one record");
    }
  }
}
