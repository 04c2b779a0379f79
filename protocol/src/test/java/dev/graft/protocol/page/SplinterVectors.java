package dev.graft.protocol.page;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** The sets that the crate splinter-rs 0.12.2 encoded, in {@code splinter/vectors-v2b.txt}. */
final class SplinterVectors {
  /** One line: a name, ascending ranges (first, last inclusive), and the crate's bytes. */
  record Vector(String name, List<long[]> ranges, byte[] bytes) {}

  private SplinterVectors() {}

  static List<Vector> all() {
    List<Vector> vectors = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    SplinterVectors.class.getResourceAsStream("/splinter/vectors-v2b.txt")),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          vectors.add(parse(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return vectors;
  }

  private static Vector parse(String line) {
    String[] parts = line.split(" \\|", 3);
    List<long[]> ranges = new ArrayList<>();
    for (String range : parts[1].strip().split(",")) {
      if (!range.isEmpty()) {
        String[] ends = range.split("-");
        ranges.add(new long[] {Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1])});
      }
    }
    return new Vector(parts[0], ranges, HexFormat.of().parseHex(parts[2].strip()));
  }
}
