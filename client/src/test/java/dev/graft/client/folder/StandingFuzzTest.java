package dev.graft.client.folder;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arbitrary bytes as records of the standing log are refused, or have one form from then on;
 * arbitrary bytes as a log give whole records, the same at the next opening, or are refused. A
 * plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code
 * -Djazzer.hooks=true} look for new ones.
 */
class StandingFuzzTest {
  private static final int MAX_RECORD_BYTES = 4096;
  private static final VolumeId VOLUME = new VolumeId(0x0102030405060708L, 0x090a0b0c0d0e0f10L);

  /** From which a step of the same volume leads on. */
  private static final SavedStanding BEFORE =
      new SavedStanding(
          VOLUME,
          new PageSize(512),
          new Position(new Lsn(7), Hash.sha256(new byte[] {7})),
          Instant.parse("2026-11-21T12:00:00Z"),
          new Position(new Lsn(8), Hash.sha256(new byte[] {8})),
          Root.ofCount(new PageCount(9), new PageCount(9)));

  @FuzzTest(maxDuration = "60s")
  void record(byte[] payload) {
    hasOneForm(null, payload);
    hasOneForm(BEFORE, payload);
  }

  @FuzzTest(maxDuration = "60s")
  void log(byte[] file) throws IOException {
    Path folder = Files.createTempDirectory("graft-fuzz");
    Path path = folder.resolve("log");
    try {
      for (RecordLog.OnDamage onDamage : RecordLog.OnDamage.values()) {
        Files.write(path, file);
        opensTheSameAgain(path, onDamage);
      }
    } finally {
      Files.deleteIfExists(path);
      Files.delete(folder);
    }
  }

  private static void hasOneForm(@Nullable SavedStanding before, byte[] payload) {
    SavedStanding standing;
    try {
      standing = StandingCodec.apply("a log", before, payload);
    } catch (GraftException.Corrupt expected) {
      return;
    } catch (GraftException.Misuse newer) {
      if (String.valueOf(newer.getMessage()).contains("use a newer release")) {
        return;
      }
      throw newer;
    }
    byte[] once = StandingCodec.base(standing);
    byte[] again = StandingCodec.base(StandingCodec.apply("a log", null, once));
    if (!Arrays.equals(again, once)) {
      throw new AssertionError("two forms of one standing");
    }
  }

  private static void opensTheSameAgain(Path path, RecordLog.OnDamage onDamage) {
    List<byte[]> first = new ArrayList<>();
    try (RecordLog log = RecordLog.open(path, MAX_RECORD_BYTES, onDamage, first::add)) {
      log.append(new byte[] {1});
    } catch (GraftException.Corrupt expected) {
      return;
    }
    List<byte[]> second = new ArrayList<>();
    RecordLog.open(path, MAX_RECORD_BYTES, onDamage, second::add).close();
    first.add(new byte[] {1});
    if (!Arrays.deepEquals(first.toArray(), second.toArray())) {
      throw new AssertionError("a log reads otherwise when it is opened again");
    }
  }
}
