package dev.graft.cli;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.page.PageSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Arbitrary bytes in the place of {@code graft.json}, and arbitrary text in that of pages, spans of
 * time and moments, are refused with a sentence, or taken for what they say. A plain test run plays
 * the kept inputs; {@code JAZZER_FUZZ=1} in the environment and {@code -Djazzer.hooks=true} look
 * for new ones.
 */
class CommandTextsFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void volumesFile(byte[] bytes) throws IOException {
    Path folder = Files.createTempDirectory("volumes");
    Path file = folder.resolve("graft.json");
    Terminal silent = new Terminal(System.out, System.err, false, false, System::nanoTime);
    try {
      Files.write(file, bytes);
      VolumesFile read =
          VolumesFile.find(
              new Surroundings(silent, folder, Map.of(), InputStream.nullInputStream()));
      read.cacheBytes();
      for (String name : read.names()) {
        if (!read.require(name).name().equals(name)) {
          throw new AssertionError("another volume than was asked for");
        }
      }
    } catch (Failure refused) {
      requireSentence(refused, isAboutAName(refused) ? "" : file.toString());
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void pages(byte[] bytes) {
    try {
      PageSet pages = NamedPages.parse(text(bytes));
      if (pages.isEmpty() || pages.contains(0)) {
        throw new AssertionError("pages that nobody can have named: " + pages);
      }
    } catch (Failure refused) {
      requireSentence(refused, NamedPages.HELP);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void age(byte[] bytes) {
    try {
      Duration age = Age.parse(text(bytes));
      if (age.isNegative() || !Age.parse(Age.of(age)).equals(age)) {
        throw new AssertionError("a span of time that reads otherwise: " + age);
      }
    } catch (Failure refused) {
      requireSentence(refused, Age.HELP);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void moment(byte[] bytes) {
    try {
      Moment moment = Moment.parse(text(bytes));
      String again =
          switch (moment) {
            case Moment.Current() -> throw new AssertionError("nobody can have named it");
            case Moment.AtLsn(var lsn) -> lsn.toString();
            case Moment.AtTime(var time) -> time.toString();
          };
      if (!Moment.parse(again).equals(moment)) {
        throw new AssertionError("a moment that reads otherwise: " + moment);
      }
    } catch (Failure refused) {
      requireSentence(refused, "");
    }
  }

  /** Then the name says where it stands. */
  private static boolean isAboutAName(Failure refused) {
    return String.valueOf(refused.getMessage()).contains("is no name");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void requireSentence(Failure refused, String part) {
    if (!String.valueOf(refused.getMessage()).contains(part)) {
      throw new AssertionError("it does not say what is wrong", refused);
    }
  }
}
