package dev.graft.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * LocalStack's S3 as a process of this host, by {@code localstack/hosts3}: one for each test JVM,
 * on a free port of 127.0.0.1, ended with the JVM whatever way that ends. Thread-safe.
 */
public final class HostS3 {
  /** Who may use it. */
  public static final String ACCESS_KEY = "test";

  /** The secret that goes with it. */
  public static final String SECRET_KEY = "test";

  /** Set to {@code required} where it must be there: tests fail and are not skipped. */
  private static final String REQUIRED = "GRAFT_HOSTS3";

  private static final Duration INSTALLED_WITHIN = Duration.ofMinutes(4);
  private static final Duration STARTED_WITHIN = Duration.ofMinutes(3);

  /** Guarded by the class. */
  private static @Nullable HostS3 running;

  /** Guarded by the class: why there is none, so that it is tried once. */
  private static @Nullable String absent;

  private final URI endpoint;
  private final AtomicInteger bucketNumbers = new AtomicInteger();

  private HostS3(URI endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * The one of this JVM, started at the first call; nothing where it cannot be had, which is said
   * in one line on standard error.
   *
   * @throws AssertionError when it cannot be had and the environment says that it is required
   */
  public static synchronized Optional<HostS3> start() {
    if (running == null && absent == null) {
      try {
        running = launch();
      } catch (IOException e) {
        absent = String.valueOf(e.getMessage());
        System.err.println("skipped: tests on LocalStack as a host process (" + absent + ")");
      }
    }
    if (running == null && "required".equals(System.getenv(REQUIRED))) {
      throw new AssertionError("LocalStack has to run here, and does not: " + absent);
    }
    return Optional.ofNullable(running);
  }

  /** Its address. */
  public URI endpoint() {
    return endpoint;
  }

  /** Credentials that it takes. */
  public static AwsCredentialsProvider credentials() {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY));
  }

  /** Makes a bucket that is not there yet, and says how to reach it. */
  public S3Settings newBucket() {
    S3Settings settings =
        S3Settings.of("bucket-" + bucketNumbers.incrementAndGet())
            .withEndpoint(endpoint)
            .withRegion("us-east-1");
    // Services load with their first request, which takes seconds, on a busy machine many.
    S3Settings patient =
        settings.withTimeouts(
            new S3Settings.Timeouts(STARTED_WITHIN, STARTED_WITHIN, STARTED_WITHIN));
    try (S3Client client = Clients.client(patient, credentials(), Instant::now)) {
      client.createBucket(b -> b.bucket(settings.bucket()));
    }
    return settings;
  }

  private static HostS3 launch() throws IOException {
    Path script = script();
    Path output = Files.createTempFile("hosts3", ".log");
    output.toFile().deleteOnExit();
    Process install =
        new ProcessBuilder(script.toString(), "install")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!ended(install, INSTALLED_WITHIN) || install.exitValue() != 0) {
      install.destroyForcibly();
      throw new IOException("it cannot be installed: " + lastLine(output));
    }
    return run(script, output);
  }

  private static HostS3 run(Path script, Path output) throws IOException {
    int port = freePort();
    Path files = Files.createTempDirectory("hosts3-");
    // Its standard input is a pipe from here: it ends when this JVM does, also when that is killed.
    Process process =
        new ProcessBuilder(script.toString(), "run", Integer.toString(port), files.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, files)));
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    Instant giveUp = Instant.now().plus(STARTED_WITHIN);
    while (!isHealthy(endpoint)) {
      if (!process.isAlive() || Instant.now().isAfter(giveUp)) {
        throw new IOException("it does not start: " + lastLine(output));
      }
      ended(process, Duration.ofMillis(100));
    }
    return new HostS3(endpoint);
  }

  private static void stop(Process process, Path files) {
    try {
      process.getOutputStream().close();
      if (!ended(process, Duration.ofSeconds(5))) {
        process.destroyForcibly();
      }
      try (var walk = Files.walk(files)) {
        walk.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    } catch (IOException e) {
      process.destroyForcibly();
    }
  }

  private static boolean ended(Process process, Duration within) {
    try {
      return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean isHealthy(URI endpoint) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) endpoint.resolve("/_localstack/health").toURL().openConnection();
      connection.setConnectTimeout(1000);
      connection.setReadTimeout(2000);
      try (var body = connection.getInputStream()) {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8).contains("s3");
      }
    } catch (IOException e) {
      return false;
    }
  }

  private static Path script() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path script = at.resolve("localstack").resolve("hosts3");
      if (Files.isExecutable(script)) {
        return script;
      }
    }
    throw new IOException("localstack/hosts3 is not in any folder above this one");
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String lastLine(Path file) throws IOException {
    var lines = Files.readAllLines(file);
    return lines.isEmpty() ? "it says nothing" : lines.getLast();
  }
}
