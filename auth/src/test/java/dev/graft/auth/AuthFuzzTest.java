package dev.graft.auth;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.wire.WireWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Arbitrary text is no token, no claims and no key ring, or it is one form of what it says;
 * arbitrary bytes under a right checksum are no record of revocations, or its one form. A plain
 * test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code
 * -Djazzer.hooks=true} look for new ones.
 */
class AuthFuzzTest {
  /** Nothing that came from outside is signed with a key of the ring, but for the kept tokens. */
  private static final TokenVerifier VERIFIER = new TokenVerifier(Vectors.RING);

  private static final int NUMBER_END = WireWriter.HEADER_BYTES + Long.BYTES;

  @FuzzTest(maxDuration = "60s")
  void token(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    boolean isToken = TokenVerifier.claimed(text).isPresent();
    if (VERIFIER.verify(text, Vectors.NOW) instanceof Verdict.Admitted && !isToken) {
      throw new AssertionError("admitted, and no token");
    }
  }

  @FuzzTest(maxDuration = "60s")
  void claims(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    TokenCodec.token(text).ifPresent(token -> requireEqual(text, TokenCodec.claims(token)));
  }

  @FuzzTest(maxDuration = "60s")
  void header(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    TokenCodec.keyOf(text).ifPresent(key -> requireEqual(text, TokenCodec.header(key)));
  }

  @FuzzTest(maxDuration = "60s")
  void keyRing(byte[] bytes) {
    KeyRing ring;
    try {
      ring = KeyRing.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (GraftException.Misuse expected) {
      return;
    }
    if (!KeyRing.parse(ring.toJson()).equals(ring)) {
      throw new AssertionError("a key ring reads otherwise when it was written");
    }
  }

  @FuzzTest(maxDuration = "60s")
  void revocations(byte[] input) {
    byte[] bytes = resealed(input);
    long number =
        bytes.length < NUMBER_END ? 1 : ByteBuffer.wrap(bytes).getLong(WireWriter.HEADER_BYTES);
    try {
      if (!Arrays.equals(RevocationRecord.decode("a record", number, bytes).encode(), bytes)) {
        throw new AssertionError("two forms of one record");
      }
    } catch (GraftException.Corrupt expected) {
      return;
    } catch (GraftException.Misuse newer) {
      if (!String.valueOf(newer.getMessage()).contains("use a newer release")) {
        throw newer;
      }
    }
  }

  /** With a checksum that is right, so that what lies behind it is tried. */
  private static byte[] resealed(byte[] input) {
    byte[] bytes = input.clone();
    int end = bytes.length - WireWriter.SEAL_BYTES;
    if (end >= 0) {
      WireWriter.putU32(bytes, end, WireWriter.crc32c(bytes, 0, end));
    }
    return bytes;
  }

  private static void requireEqual(String text, String again) {
    if (!again.equals(text)) {
      throw new AssertionError("two forms of one text");
    }
  }
}
