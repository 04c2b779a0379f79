package dev.graft.sim.workload;

import dev.graft.sim.judge.EventReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A history as lines of JSON from a file or the standard input.
 *
 * @param lines one event each, read and found to be one
 */
record HistoryFile(List<String> lines) {
  /** Names the standard input. */
  static final String STANDARD_INPUT = "-";

  HistoryFile {
    lines = List.copyOf(lines);
  }

  /**
   * Reads a history.
   *
   * @param name of a file, or {@link #STANDARD_INPUT}
   * @throws IllegalArgumentException with a sentence when it cannot be read, or is none
   */
  static HistoryFile read(String name, InputStream standardInput) {
    String from = name.equals(STANDARD_INPUT) ? "the standard input" : "'" + name + "'";
    try (InputStream in =
        name.equals(STANDARD_INPUT) ? standardInput : Files.newInputStream(Path.of(name))) {
      return of(from, in.readAllBytes());
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("--judge cannot read " + from + ": there is none", e);
    } catch (AccessDeniedException e) {
      throw new IllegalArgumentException("--judge may not read " + from, e);
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("--judge cannot read " + from + ": " + e.getMessage(), e);
    }
  }

  private static HistoryFile of(String from, byte[] bytes) {
    List<String> lines = new ArrayList<>();
    for (int begin = 0; begin < bytes.length; ) {
      int end = begin;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      String where = "line " + (lines.size() + 1) + " of " + from;
      lines.add(event(where, ByteBuffer.wrap(bytes, begin, end - begin)));
      begin = end + 1;
    }
    if (lines.isEmpty()) {
      throw new IllegalArgumentException(from + " holds no history: it is empty");
    }
    return new HistoryFile(lines);
  }

  private static String event(String where, ByteBuffer bytes) {
    try {
      String line = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      EventReader.event(line);
      return line;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(where + " is no text in UTF-8", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where + " is no event: " + e.getMessage(), e);
    }
  }
}
