package dev.graft.sqlite;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.client.Mutation;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.wire.WireWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Arbitrary bytes under a right checksum are no recorded transaction, or its one form; arbitrary
 * bytes in the place of {@code graft.json} tell where a volume is, or are refused. A plain test run
 * plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code -Djazzer.hooks=true}
 * look for new ones.
 */
class SqlMutationFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void record(byte[] input) {
    byte[] bytes = resealed(input);
    try {
      SqlMutation read = SqlMutation.decode(new Mutation(SqlMutation.NAME, bytes));
      if (!Arrays.equals(read.encode().arguments(), bytes)) {
        throw new AssertionError("two forms of one transaction");
      }
    } catch (GraftException.Corrupt expected) {
      return;
    } catch (GraftException.Misuse newer) {
      if (!String.valueOf(newer.getMessage()).contains("use a newer release")) {
        throw newer;
      }
    }
  }

  @FuzzTest(maxDuration = "60s")
  void config(byte[] bytes) throws IOException {
    Path folder = Files.createTempDirectory("config");
    Path file = folder.resolve(VolumeAddress.CONFIG);
    try {
      Files.write(file, bytes);
      VolumeAddress found = VolumeAddress.find("shop.db", Map.of(), List.of(folder));
      if (!VolumeId.parse(found.volume().toString()).equals(found.volume())
          || found.key().isEmpty()) {
        throw new AssertionError("it is nowhere: " + found);
      }
    } catch (GraftException.Misuse | GraftException.NotFound expected) {
      return;
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }
  }

  /** What a URL says of how to commit, {@code NAME=VALUE&...}, and which snapshot it names. */
  @FuzzTest(maxDuration = "60s")
  void parameters(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      CommitSettings settings =
          CommitSettings.of(
              Map.of(CommitSettings.COMMIT, text, CommitSettings.ON_CONFLICT, "merge"));
      if (!settings.commit().equalsIgnoreCase(text)) {
        throw new AssertionError("another durability than was asked for");
      }
    } catch (GraftException.Misuse expected) {
      return;
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
}
