package dev.graft.localstack;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.s3.HostS3;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.fake.FakeS3;
import dev.graft.s3.fake.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The stores that stand in for those that tests of other modules bring: one for each, as long as
 * the test class runs. Thread-safe.
 */
final class StandIns {
  /** What stands in. */
  enum Kind {
    /** Nothing: the test's own store. */
    NONE,
    /** A store in a folder. */
    FOLDER,
    /** The fake S3 with faults. */
    FAKE_S3,
    /** LocalStack as a process of this host. */
    LOCALSTACK
  }

  private static final long SEED = 5;
  private static final double FAULT_RATE = 0.02;
  private static final int LISTED = 1_000;
  private static final int TRIES = 20;

  /** All but a flipped bit, which no cache in front of S3 would keep: its connection is sealed. */
  private static final Fault[] FAULTS =
      EnumSet.complementOf(EnumSet.of(Fault.FLIPPED_BIT)).toArray(Fault[]::new);

  /** Guarded by the class, as is what follows. */
  private static Kind kind = Kind.NONE;

  private static @Nullable FakeS3 fake;
  private static final Map<Object, CountingObjectStore> STORES = new HashMap<>();
  private static final Map<Object, Stack> STACKS = new HashMap<>();
  private static final List<AutoCloseable> TO_CLOSE = new ArrayList<>();

  /** What the stores that have gone were asked. */
  private static long requests;

  private StandIns() {}

  /** What stands in from now on. */
  static synchronized void choose(Kind other) {
    kind = other;
  }

  /** Whether anything does. */
  static synchronized boolean any() {
    return kind != Kind.NONE;
  }

  /** The store in the place of another one. */
  static synchronized ObjectStore of(ObjectStore given, Concurrency concurrency) {
    return switch (kind) {
      case NONE -> given;
      case FOLDER ->
          STORES.computeIfAbsent(
              given,
              key -> new CountingObjectStore(FileObjectStore.open(newFolder(), concurrency)));
      case FAKE_S3, LOCALSTACK -> STORES.computeIfAbsent(given, key -> bucket(concurrency));
    };
  }

  /**
   * The store in the place of the one in a folder: that one, where it may be in a folder; else a
   * bucket with what lies in the folder at the first call.
   */
  static synchronized ObjectStore ofFolder(Path folder) {
    InstantSource clock = InstantSource.system();
    return STORES.computeIfAbsent(
        folder,
        key -> {
          FileObjectStore files = FileObjectStore.open(folder, clock);
          return switch (kind) {
            case NONE, FOLDER -> new CountingObjectStore(files);
            case FAKE_S3, LOCALSTACK -> copied(files, bucket(clock));
          };
        });
  }

  private static CountingObjectStore bucket(InstantSource clock) {
    S3ObjectStore store =
        kind == Kind.FAKE_S3
            ? S3ObjectStore.open(fake().newBucket(), FakeS3.credentials(), clock)
            : S3ObjectStore.open(
                HostS3.start().orElseThrow().newBucket(), HostS3.credentials(), clock);
    TO_CLOSE.add(store);
    return new CountingObjectStore(store);
  }

  private static <S extends ObjectStore> S copied(ObjectStore from, S to) {
    List<ObjectKey> keys = from.list("", "", LISTED);
    while (!keys.isEmpty()) {
      for (ObjectKey key : keys) {
        if (from.get(key, 0, Integer.MAX_VALUE) instanceof GetOutcome.Found found) {
          copy(key, found.bytes(), to);
        }
      }
      keys = from.list("", keys.getLast().value(), LISTED);
    }
    return to;
  }

  /** The store may fail, as it is told to. */
  private static void copy(ObjectKey key, byte[] bytes, ObjectStore to) {
    for (int tried = 0; tried < TRIES; tried++) {
      try {
        to.putIfAbsent(key, bytes, Instant.MAX);
        if (to.get(key, 0, 0) instanceof GetOutcome.Found) {
          return;
        }
      } catch (GraftException.Unavailable fault) {
        // and again
      }
    }
    throw new AssertionError(key + " could not be copied");
  }

  /** A stack over a store. */
  static Stack start(ObjectStore store, Concurrency concurrency) {
    try {
      return Stack.start(StackOptions.of(store).withConcurrency(concurrency));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The address of a stack over a store: one for each key. */
  static synchronized String address(Object key, ObjectStore store, Concurrency concurrency) {
    return STACKS.computeIfAbsent(key, missing -> start(store, concurrency)).address().toString();
  }

  /** The same with a clock and threads of its own. */
  static String address(Object key, ObjectStore store) {
    return address(key, store, new ThreadConcurrency(InstantSource.system()));
  }

  /** Ends all of them: the test class has ended. */
  static synchronized void forget() throws Exception {
    for (Stack stack : STACKS.values()) {
      stack.close();
    }
    for (AutoCloseable each : TO_CLOSE) {
      each.close();
    }
    requests = requests();
    STACKS.clear();
    STORES.clear();
    TO_CLOSE.clear();
  }

  /** How many requests reached stores so far, those of stacks and of copies. */
  static synchronized long requests() {
    long now = requests;
    for (CountingObjectStore each : STORES.values()) {
      now += each.snapshot().reads() + each.snapshot().writes();
    }
    return now;
  }

  /** How often the fake S3 misbehaved so far. */
  static synchronized long faults() {
    return fake == null ? 0 : fake.faults().hits();
  }

  /** One for all tests of a JVM. */
  private static FakeS3 fake() {
    FakeS3 running = fake;
    if (running == null) {
      FakeS3 started = FakeS3.start();
      started.faults().delay(Duration.ofMillis(5)).sometimes(SEED, FAULT_RATE, FAULTS);
      fake = started;
      running = started;
    }
    return running;
  }

  private static Path newFolder() {
    try {
      Path folder = Files.createTempDirectory("graft-store-");
      TO_CLOSE.add(() -> remove(folder));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
