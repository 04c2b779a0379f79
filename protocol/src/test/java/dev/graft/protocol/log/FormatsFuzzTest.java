package dev.graft.protocol.log;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import java.util.Arrays;

/**
 * Arbitrary bytes under right checksums are refused as corrupt or newer, or they are the one form
 * of what they say. A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the
 * environment and {@code -Djazzer.hooks=true} look for new ones.
 */
class FormatsFuzzTest {
  private static final Format VOLUME = Format.named("volume");
  private static final Format PIN = Format.named("pin");
  private static final Format COMMIT = Format.named("commit-inline");
  private static final Format ROLLUP = Format.named("rollup");
  private static final Format CHECKPOINT = Format.named("checkpoint");
  private static final Format STATE = Format.named("state");
  private static final Format LOG_END = Format.named("log-end");
  private static final Format FRAME = Format.named("frame-pages");
  private static final Format SEGMENT = Format.named("segment");

  @FuzzTest(maxDuration = "60s")
  void volume(byte[] bytes) {
    takesOnlyTheOneForm(VOLUME, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void pin(byte[] bytes) {
    takesOnlyTheOneForm(PIN, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void commit(byte[] bytes) {
    takesOnlyTheOneForm(COMMIT, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void rollup(byte[] bytes) {
    takesOnlyTheOneForm(ROLLUP, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void checkpoint(byte[] bytes) {
    takesOnlyTheOneForm(CHECKPOINT, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void state(byte[] bytes) {
    takesOnlyTheOneForm(STATE, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void logEnd(byte[] bytes) {
    takesOnlyTheOneForm(LOG_END, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void frame(byte[] bytes) {
    takesOnlyTheOneForm(FRAME, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void segment(byte[] bytes) {
    takesOnlyTheOneForm(SEGMENT, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void segmentTable(byte[] bytes) {
    try {
      byte[] again = SegmentTable.encodeContent(SegmentTable.decodeContent("table", bytes));
      requireEqual("segment table", again, bytes);
    } catch (GraftException.Corrupt expected) {
      return;
    }
  }

  private static void takesOnlyTheOneForm(Format format, byte[] input) {
    byte[] bytes = format.reseal().apply(input);
    try {
      requireEqual(format.name(), format.recode().apply(bytes), bytes);
    } catch (GraftException.Corrupt expected) {
      return;
    } catch (GraftException.Misuse newer) {
      if (!String.valueOf(newer.getMessage()).contains("use a newer release")) {
        throw newer;
      }
    }
  }

  private static void requireEqual(String what, byte[] again, byte[] bytes) {
    if (!Arrays.equals(again, bytes)) {
      throw new AssertionError("two forms of one " + what);
    }
  }
}
