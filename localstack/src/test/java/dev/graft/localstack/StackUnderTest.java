package dev.graft.localstack;

import dev.graft.client.RemoteUnderTest;
import dev.graft.client.http.Transport;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.Concurrency;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.remote.Remote;
import dev.graft.s3.HostS3;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.fake.FakeS3;
import dev.graft.s3.fake.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Puts a whole stack between the client's own tests and the store that {@code graft.test.store}
 * names: {@code given} (the test's), {@code file}, {@code fake-s3} (with faults) or {@code
 * localstack} (a process of this host).
 */
public final class StackUnderTest implements RemoteUnderTest {
  /** Which store. */
  static final String PROPERTY = "graft.test.store";

  private static final long SEED = 5;
  private static final double FAULT_RATE = 0.02;

  /** All but a flipped bit, which no cache in front of S3 would keep: its connection is sealed. */
  private static final Fault[] FAULTS =
      EnumSet.complementOf(EnumSet.of(Fault.FLIPPED_BIT)).toArray(Fault[]::new);

  private static @Nullable FakeS3 fake;

  /** For the service loader. */
  public StackUnderTest() {}

  private record Opened(ObjectStore store, AutoCloseable closing) {}

  @Override
  public Remote over(
      ObjectStore store, Concurrency concurrency, IdSource ids, RandomGenerator random) {
    Opened opened = open(System.getProperty(PROPERTY, "given"), store, concurrency);
    Stack stack;
    try {
      stack = Stack.start(StackOptions.of(opened.store()).withConcurrency(concurrency));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HttpStage.remote(
        stack,
        "",
        new Closing(new UrlTransport(concurrency), stack, opened.closing()),
        concurrency);
  }

  private static Opened open(String name, ObjectStore given, Concurrency concurrency) {
    return switch (name) {
      case "given" -> new Opened(given, () -> {});
      case "file" -> {
        Path folder = folder();
        yield new Opened(FileObjectStore.open(folder, concurrency), () -> remove(folder));
      }
      case "fake-s3" -> {
        S3ObjectStore store =
            S3ObjectStore.open(fake().newBucket(), FakeS3.credentials(), concurrency);
        yield new Opened(store, store);
      }
      case "localstack" -> {
        Optional<HostS3> host = HostS3.start();
        Assumptions.assumeTrue(host.isPresent(), "skipped: LocalStack cannot be had here");
        S3ObjectStore store =
            S3ObjectStore.open(host.orElseThrow().newBucket(), HostS3.credentials(), concurrency);
        yield new Opened(store, store);
      }
      default -> throw new AssertionError(PROPERTY + " names no store: " + name);
    };
  }

  /** How often the fake S3 misbehaved so far. */
  static synchronized long faults() {
    return fake == null ? 0 : fake.faults().hits();
  }

  /** One for all tests of a JVM. */
  private static synchronized FakeS3 fake() {
    FakeS3 running = fake;
    if (running == null) {
      FakeS3 started = FakeS3.start();
      started.faults().delay(Duration.ofMillis(5)).sometimes(SEED, FAULT_RATE, FAULTS);
      fake = started;
      running = started;
    }
    return running;
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("graft-store-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  /** Closes what it leads to. */
  private record Closing(Transport transport, Stack stack, AutoCloseable store)
      implements Transport {
    @Override
    public <T> T send(Request request, Receiver<T> receiver) throws IOException {
      return transport.send(request, receiver);
    }

    @Override
    public void close() {
      transport.close();
      stack.close();
      try {
        store.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
