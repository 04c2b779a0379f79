package dev.graft.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.graft.protocol.Golden;
import dev.graft.protocol.Mutations;
import dev.graft.protocol.error.GraftException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every format: it is pinned, has one form, and lies are found out cheaply. */
class FormatsTest {
  /** More than this beside a multiple of the input is not justified by anything in it. */
  private static final long FIXED_BYTES = 512 * 1024;

  private static final long BYTES_FOR_ONE = 128;

  private static final int ROUNDS = 3_000;

  static List<Format> formats() {
    return Format.all();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void encode_sample_equalsTheGoldenFile(Format format) {
    byte[] golden = Golden.check(format.name() + ".bin", format.sample());
    assertThat(format.recode().apply(golden)).isEqualTo(golden);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void decode_everyMutation_isRefused(Format format) {
    Mutations.refusesEveryMutation(
        format.sample(), bytes -> assertThat(format.recode().apply(bytes)).isNotNull());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void decode_damageUnderRightChecksums_isRefusedOrIsTheOnlyForm(Format format) {
    long seed = 20261101L + format.name().hashCode();
    RandomGenerator random = new Random(seed);
    // What classes take when they are first used is not the input's doing.
    tryDecode(format, format.sample(), "warm-up");
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = format.reseal().apply(damage(random, format.sample()));
      long before = allocated();
      boolean taken = tryDecode(format, damaged, "seed " + seed + " round " + round);
      accepted += taken ? 1 : 0;
      if (round > 200) {
        assertThat(allocated() - before)
            .as("bytes allocated, seed %d round %d", seed, round)
            .isLessThan(FIXED_BYTES + BYTES_FOR_ONE * damaged.length);
      }
    }
    // Some damage only says something else: were all refused, the checksums would not be right.
    if (!format.name().equals("segment")) {
      assertThat(accepted).isBetween(1, ROUNDS - 1);
    }
  }

  /** Whether the bytes are taken; then they must be the one form of what they say. */
  static boolean tryDecode(Format format, byte[] bytes, String what) {
    byte[] again;
    try {
      again = format.recode().apply(bytes);
    } catch (GraftException.Corrupt expected) {
      return false;
    } catch (GraftException.Misuse newer) {
      assertThat(newer).as(what).hasMessageContaining("use a newer release");
      return false;
    }
    assertThat(again).as(what).isEqualTo(bytes);
    return true;
  }

  private static byte[] damage(RandomGenerator random, byte[] sample) {
    byte[] bytes = sample.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
        case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xFF);
        case 4 -> bytes = without(bytes, at, 1 + random.nextInt(4));
        default -> bytes = with(bytes, at, (byte) random.nextInt());
      }
    }
    return bytes;
  }

  private static byte[] without(byte[] bytes, int at, int count) {
    int end = Math.min(bytes.length, at + count);
    byte[] out = Arrays.copyOf(bytes, bytes.length - (end - at));
    System.arraycopy(bytes, end, out, at, bytes.length - end);
    return out.length == 0 ? bytes : out;
  }

  private static byte[] with(byte[] bytes, int at, byte value) {
    byte[] out = Arrays.copyOf(bytes, bytes.length + 1);
    System.arraycopy(bytes, at, out, at + 1, bytes.length - at);
    out[at] = value;
    return out;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  @Test
  void decode_newerFormatVersion_asksForANewerRelease() {
    for (Format format : formats()) {
      byte[] bytes = format.sample().clone();
      boolean frame = format.name().startsWith("frame");
      bytes[frame ? 0 : 5] = 2;
      assertThatThrownBy(() -> format.recode().apply(format.reseal().apply(bytes)))
          .as(format.name())
          .isInstanceOf(GraftException.Misuse.class)
          .hasMessageContaining("version 2")
          .hasMessageContaining("use a newer release");
    }
  }
}
