package dev.graft.cli.demo;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.id.IdSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Where one demonstration happens: a folder for the store, and one for each replica.
 *
 * @param folder all of it
 * @param concurrency for engines and replicas
 * @param ids for engines and replicas
 * @param random for engines
 */
record Place(Path folder, Concurrency concurrency, IdSource ids, RandomGenerator random) {
  /** What a read of S3 takes in its own region, in the middle. */
  static final Duration READ = Duration.ofMillis(25);

  /** What a write takes there. */
  static final Duration WRITE = Duration.ofMillis(28);

  /** The folder that plays the object store. */
  Path store() {
    return folder.resolve("store");
  }

  /** A store as fast as the disk. */
  LocalStore near() {
    return LocalStore.near(store(), concurrency, ids, random);
  }

  /** The same store, as far away as a real one. */
  LocalStore far() {
    return LocalStore.at(store(), concurrency, ids, random, READ, WRITE);
  }

  /** A folder for a replica that nobody has used. */
  Path emptyFolder() throws IOException {
    return Files.createTempDirectory(folder, "replica-");
  }

  /** Removes a folder and all in it. */
  static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
