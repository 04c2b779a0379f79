package dev.graft.protocol.map;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.wire.WireWriter;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Arbitrary bytes under a right checksum are refused, or they are the one encoding of a leaf,
 * branch or root. A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment
 * and {@code -Djazzer.hooks=true} look for new ones.
 */
class MapFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void decode_takesOnlyCanonicalBytes(byte[] content) {
    byte[] bytes = new WireWriter(content.length + 4).bytes(content).seal().toBytes();
    takesOnlyCanonical(bytes, MapCodecTest::leaf);
    takesOnlyCanonical(bytes, MapCodecTest::branch);
    takesOnlyCanonical(bytes, MapCodecTest::root);
  }

  private static void takesOnlyCanonical(byte[] bytes, Function<byte[], byte[]> readAndWrite) {
    byte[] again;
    try {
      again = readAndWrite.apply(bytes);
    } catch (GraftException.Corrupt expected) {
      return;
    } catch (GraftException.Misuse newer) {
      if (String.valueOf(newer.getMessage()).contains("use a newer release")) {
        return;
      }
      throw newer;
    }
    if (!Arrays.equals(again, bytes)) {
      throw new AssertionError("two encodings of one part of a map");
    }
  }
}
