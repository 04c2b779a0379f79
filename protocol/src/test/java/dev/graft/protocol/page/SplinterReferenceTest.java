package dev.graft.protocol.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The independent encoder in {@code splinter/splinter_ref.py}, run on seeded random sets. */
class SplinterReferenceTest {
  private static final long SEED = 4242;
  private static final int SETS = 600;

  /** Reads sets as lines of members, prints the encoding of each. */
  private static final String DRIVER =
      """
      import sys
      from splinter_ref import encode_v2, decode_v2
      for line in sys.stdin:
          values = [int(x) for x in line.split()]
          encoded = encode_v2(values)
          assert decode_v2(encoded) == values
          print(encoded.hex())
      """;

  @Test
  void encode_givesTheBytesOfTheReference(@TempDir Path directory) throws Exception {
    assumeTrue(pythonIsThere(), "no python3 to run the reference encoder");
    try (InputStream script =
        Objects.requireNonNull(getClass().getResourceAsStream("/splinter/splinter_ref.py"))) {
      Files.copy(script, directory.resolve("splinter_ref.py"));
    }
    Files.writeString(directory.resolve("driver.py"), DRIVER);
    Path sets = directory.resolve("sets.txt");
    try (Writer lines = Files.newBufferedWriter(sets)) {
      Random random = new Random(SEED);
      for (int i = 0; i < SETS; i++) {
        StringBuilder line = new StringBuilder();
        set(i, random).forEach(idx -> line.append(idx).append(' '));
        lines.append(line).append('\n');
      }
    }
    Process python =
        new ProcessBuilder("python3", "driver.py")
            .directory(directory.toFile())
            .redirectInput(sets.toFile())
            .redirectErrorStream(true)
            .start();
    Random random = new Random(SEED);
    try (BufferedReader encodings =
        new BufferedReader(python.inputReader(StandardCharsets.US_ASCII))) {
      for (int i = 0; i < SETS; i++) {
        byte[] ours = PageSetModelTest.encode(set(i, random)).toBytes();
        assertThat(HexFormat.of().formatHex(ours))
            .as("set %s of seed %s", i, SEED)
            .isEqualTo(encodings.readLine());
      }
    }
    assertThat(python.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(python.exitValue()).isZero();
  }

  private static TreeSet<Long> set(int i, Random random) {
    int size = 1 + random.nextInt(1 << 1 + random.nextInt(11));
    return SetShapes.of(i % SetShapes.SHAPES, size, new Random(random.nextLong()));
  }

  private static boolean pythonIsThere() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", "pass").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
