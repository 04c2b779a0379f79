package dev.graft.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.error.GraftException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Damages valid bytes in every small way and checks that a decoder refuses each of them. */
public final class Mutations {
  private Mutations() {}

  /**
   * Flips every single bit and every whole byte, and cuts the bytes at every length; the decoder
   * must throw {@link GraftException.Corrupt} each time, and must take the undamaged bytes.
   */
  public static void refusesEveryMutation(byte[] valid, Consumer<byte[]> decode) {
    decode.accept(valid.clone());
    refusesEveryFlip(valid, decode);
    refusesEveryTruncation(valid, decode);
  }

  /** Every single bit and every whole byte. */
  public static void refusesEveryFlip(byte[] valid, Consumer<byte[]> decode) {
    for (int at = 0; at < valid.length; at++) {
      for (int bit = 0; bit <= 8; bit++) {
        byte[] damaged = valid.clone();
        damaged[at] ^= (byte) (bit == 8 ? 0xFF : 1 << bit);
        refuses(damaged, decode, bit == 8 ? "byte " + at : "byte " + at + " bit " + bit);
      }
    }
  }

  /** Every shorter length, and one byte more at the end. */
  public static void refusesEveryTruncation(byte[] valid, Consumer<byte[]> decode) {
    for (int length = 0; length < valid.length; length++) {
      refuses(Arrays.copyOf(valid, length), decode, "cut to " + length + " bytes");
    }
    refuses(Arrays.copyOf(valid, valid.length + 1), decode, "a byte more");
  }

  /** The decoder must throw {@link GraftException.Corrupt}, and nothing else. */
  public static void refuses(byte[] damaged, Consumer<byte[]> decode, String what) {
    Throwable thrown = thrownBy(damaged, decode);
    assertThat(thrown).as(what).isInstanceOf(GraftException.Corrupt.class);
    assertThat(((GraftException) thrown).code()).isEqualTo(GraftException.Code.CORRUPT);
  }

  private static @Nullable Throwable thrownBy(byte[] bytes, Consumer<byte[]> decode) {
    try {
      decode.accept(bytes);
      return null;
    } catch (Throwable e) {
      return e;
    }
  }
}
