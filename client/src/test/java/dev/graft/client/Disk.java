package dev.graft.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What tests do to files behind a replica's back. */
final class Disk {
  private Disk() {}

  /** What the files of a folder take of the disk, as the system's {@code du} says. */
  static long usedBytes(Path folder, String prefix) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("du", "-c", "-B1"));
    files(folder, prefix).forEach(file -> command.add(file.toString()));
    Process du = new ProcessBuilder(command).start();
    String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (du.waitFor() != 0) {
      throw new IOException("du says: " + said);
    }
    String total = said.lines().reduce((before, line) -> line).orElseThrow();
    return Long.parseLong(total.substring(0, total.indexOf('\t')));
  }

  /** The files of a folder whose names begin so, in their order. */
  static List<Path> files(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .toList();
    }
  }

  /** Changes one bit. */
  static void flip(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 0x40)).rewind();
      channel.write(one, at);
    }
  }

  /** Cuts a file off. */
  static void cut(Path file, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }
}
