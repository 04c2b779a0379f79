package dev.graft.localstack.dev;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A file of lines that stays small: when it is full it becomes the file before, which goes. Safe
 * for use by many threads. What cannot be written is told once, on standard error, and lost.
 */
final class DevLog implements Consumer<String>, AutoCloseable {
  private static final long MAX_BYTES = 16L << 20;

  private final Path file;
  private final long maxBytes;

  /** Guarded by this, as is what follows. */
  private OutputStream out;

  private long bytes;
  private boolean isBroken;

  private DevLog(Path file, long maxBytes) throws IOException {
    this.file = file;
    this.maxBytes = maxBytes;
    this.out = append();
    this.bytes = Files.size(file);
  }

  /** Goes on at the end of a file, or makes it. */
  static DevLog open(Path file) throws IOException {
    return open(file, MAX_BYTES);
  }

  /** The same with another size. */
  static DevLog open(Path file, long maxBytes) throws IOException {
    return new DevLog(file, maxBytes);
  }

  private OutputStream append() throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public synchronized void accept(String line) {
    byte[] text = (line + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      if (bytes > 0 && bytes + text.length > maxBytes) {
        out.close();
        Path before = file.resolveSibling(file.getFileName() + ".1");
        Files.move(file, before, StandardCopyOption.REPLACE_EXISTING);
        out = append();
        bytes = 0;
      }
      out.write(text);
      bytes += text.length;
    } catch (IOException e) {
      if (!isBroken) {
        isBroken = true;
        System.err.println("graft: the log " + file + " cannot be written: " + e.getMessage());
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
