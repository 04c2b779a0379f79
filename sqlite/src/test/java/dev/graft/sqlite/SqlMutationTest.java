package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.Mutation;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes of a recorded transaction, as they lie in a replica's folder. */
final class SqlMutationTest {
  private static final String GOLDEN = "golden/mutation-sqlite";
  private static final SqlMutation SAMPLE =
      new SqlMutation(
          0x1122334455667788L,
          300,
          41,
          List.of("pragma foreign_keys = on"),
          List.of(
              new SqlStatement("delete from t", List.of()),
              new SqlStatement(
                  "insert into t values(?, ?, ?, ?, ?)",
                  Arrays.asList(null, -1L, 0.1, "it's \u00e9\0", new byte[] {0, 1, -1}))));

  @Test
  void encode_givesTheGoldenFile() throws IOException {
    byte[] actual = SAMPLE.encode().arguments();
    if (Boolean.getBoolean("graft.golden.write")) {
      Path file = Path.of("src/test/resources").resolve(GOLDEN);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.write(file, actual);
    }
    try (InputStream in = getClass().getResourceAsStream("/" + GOLDEN)) {
      assertThat(actual).isEqualTo(Objects.requireNonNull(in).readAllBytes());
    }
    SqlMutation read = SqlMutation.decode(new Mutation(SqlMutation.NAME, actual));
    assertThat(read.encode().arguments()).isEqualTo(actual);
    assertThat(read.connection()).isEqualTo(SAMPLE.connection());
    assertThat(read.lastRowid()).isEqualTo(41);
    assertThat(read.settings()).isEqualTo(SAMPLE.settings());
    assertThat(read.statements().getFirst()).isEqualTo(SAMPLE.statements().getFirst());
    List<Object> values = read.statements().getLast().values();
    assertThat(values.subList(0, 4)).containsExactly(null, -1L, 0.1, "it's \u00e9\0");
    assertThat((byte[]) values.get(4)).containsExactly(0, 1, -1);
  }

  @Test
  void decode_ofDamagedBytes_isRefused() {
    byte[] good = SAMPLE.encode().arguments();
    Random random = new Random(15);
    for (int i = 0; i < 500; i++) {
      byte[] bad =
          random.nextBoolean() ? good.clone() : Arrays.copyOf(good, random.nextInt(good.length));
      if (bad.length == good.length) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      assertThatThrownBy(() -> SqlMutation.decode(new Mutation(SqlMutation.NAME, bad)))
          .isInstanceOf(GraftException.Corrupt.class);
    }
  }
}
