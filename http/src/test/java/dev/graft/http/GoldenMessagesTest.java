package dev.graft.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The messages as other languages have to write and read them: one golden file each. {@code
 * -Dgraft.golden.write=true} writes them anew, which is a change of the contract.
 */
class GoldenMessagesTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

  static List<Samples.Sample<?>> samples() {
    return Samples.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  <T> void encode_fixedValue_isTheGoldenFile(Samples.Sample<T> sample) throws IOException {
    String actual = new String(sample.encode(), StandardCharsets.UTF_8);
    Path file = FOLDER.resolve(sample.golden() + ".json");
    if (Boolean.getBoolean("graft.golden.write")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, actual + "\n");
    }
    String golden = read(sample.golden());
    assertThat(actual).isEqualTo(golden.strip());
    T again = sample.message().decode(golden.getBytes(StandardCharsets.UTF_8));
    assertThat(again).usingRecursiveComparison().isEqualTo(sample.value());
  }

  @Test
  void samples_allMessages_areThere() {
    assertThat(Samples.all().stream().map(each -> each.message().name()))
        .containsAll(
            Messages.all(Samples.VOLUME).stream().map(Message::name).collect(Collectors.toSet()));
  }

  private static String read(String name) throws IOException {
    try (InputStream in =
        GoldenMessagesTest.class.getResourceAsStream("/golden/" + name + ".json")) {
      if (in == null) {
        throw new AssertionError("there is no golden file " + name + "; write it first");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
