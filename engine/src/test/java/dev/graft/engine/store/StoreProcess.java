package dev.graft.engine.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Another JVM that uses the store of a folder, told what to do by its arguments and its input. */
final class StoreProcess {
  private static final int MAX_BYTES = 300_000;

  private StoreProcess() {}

  /** A command that runs {@link #main} in a JVM of its own. */
  static List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StoreProcess.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static BufferedReader lines(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** What the writer of a folder puts at a number: any length, any bytes, the same every time. */
  static byte[] content(long number) {
    var random = new Random(number);
    byte[] bytes = new byte[random.nextInt(MAX_BYTES)];
    random.nextBytes(bytes);
    return bytes;
  }

  static ObjectKey key(String folder, long number) {
    return new ObjectKey("%s/%09d".formatted(folder, number));
  }

  public static void main(String[] args) throws Exception {
    FileObjectStore store = FileObjectStore.open(Path.of(args[1]), InstantSource.system());
    switch (args[0]) {
      case "race" -> race(store, args[2]);
      case "write" -> write(store, args[2], Long.parseLong(args[3]));
      case "fill" -> fill(store, Path.of(args[1]));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  /** Tries to put its name at each key that it is told, and says what became of it. */
  private static void race(ObjectStore store, String name) throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (String key = input.readLine(); key != null; key = input.readLine()) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      PutOutcome outcome = store.putIfAbsent(new ObjectKey(key), bytes, Instant.MAX);
      System.out.println(outcome.getClass().getSimpleName());
    }
  }

  /** Writes object after object, and tells each number when the store has acknowledged it. */
  private static void write(ObjectStore store, String folder, long first) {
    for (long number = first; ; number++) {
      PutOutcome outcome = store.putIfAbsent(key(folder, number), content(number), Instant.MAX);
      if (!(outcome instanceof PutOutcome.Created)) {
        throw new AssertionError(outcome);
      }
      System.out.println(number);
    }
  }

  /** Writes until the disk is full, then makes it read-only; tells what it saw. */
  private static void fill(ObjectStore store, Path root) throws Exception {
    int written = 0;
    try {
      while (written < 1000) {
        store.putIfAbsent(key("fill", written), new byte[100_000], Instant.MAX);
        written++;
      }
    } catch (RuntimeException e) {
      System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    System.out.println("staged " + files(root.resolve(".staging")));
    System.out.println("objects " + (files(root.resolve("fill")) - written));
    System.out.println("listed " + (store.list("fill/", "", 1000).size() - written));
    new ProcessBuilder("mount", "-o", "remount,ro", root.toString()).inheritIO().start().waitFor();
    try {
      store.putIfAbsent(key("other", 1), new byte[1], Instant.MAX);
    } catch (RuntimeException e) {
      System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    System.out.println(store.get(key("fill", 0), 0, 1) instanceof GetOutcome.Found);
  }

  private static long files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
