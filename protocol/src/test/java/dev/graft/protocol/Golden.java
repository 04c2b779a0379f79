package dev.graft.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The golden files: one encoded object each, in {@code src/test/resources/golden}. They pin the
 * formats; {@code -Dgraft.golden.write=true} writes them anew, which is a new format.
 */
public final class Golden {
  private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

  private Golden() {}

  /** Checks that the bytes are exactly those of the file, and returns the file's bytes. */
  public static byte[] check(String name, byte[] actual) {
    try {
      if (Boolean.getBoolean("graft.golden.write")) {
        Files.createDirectories(FOLDER);
        Files.write(FOLDER.resolve(name), actual);
        return actual.clone();
      }
      byte[] expected = read(name);
      assertThat(actual).as("golden file %s".formatted(name)).isEqualTo(expected);
      return expected;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of a golden file. */
  public static byte[] read(String name) throws IOException {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name)) {
      if (in == null) {
        throw new AssertionError(
            String.format(Locale.ROOT, "there is no golden file %s; write it first", name));
      }
      return in.readAllBytes();
    }
  }
}
