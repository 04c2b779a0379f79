package dev.graft.replica;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Lambda's runtime API on 127.0.0.1, and the real runtime interface client with a handler in a
 * process of its own. With SnapStart the process stops before "restore" until {@link #restore} lets
 * it go on, which is where time and commits pass between a snapshot and its restore. The memory
 * image itself is not taken: it is the same process that goes on.
 */
final class LambdaRuntime implements AutoCloseable {
  private static final String API = "/2018-06-01/runtime/";

  /** Where the client finds its native part; else it unpacks it to one file for the machine. */
  private static final String JNI =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private record Invocation(String id, byte[] event, CompletableFuture<byte[]> answer) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingQueue<Invocation> waiting = new LinkedBlockingQueue<>();
  private final Map<String, Invocation> running = new ConcurrentHashMap<>();
  private final CountDownLatch checkpointed = new CountDownLatch(1);
  private final CountDownLatch restored = new CountDownLatch(1);
  private final CompletableFuture<String> failed = new CompletableFuture<>();
  private final Process process;
  private final Path log;

  private LambdaRuntime(
      String handler, boolean snapStart, Map<String, String> environment, Path log)
      throws IOException {
    this.log = log;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 16);
    server.createContext(API, this::handle);
    server.setExecutor(threads);
    server.start();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
    command.add("-D" + JNI + "=" + unpacked(Objects.requireNonNull(log.getParent())));
    command.add("-Djava.io.tmpdir=" + Objects.requireNonNull(log.getParent()));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("com.amazonaws.services.lambda.runtime.api.client.AWSLambda");
    command.add(handler);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + server.getAddress().getPort(),
                "AWS_LAMBDA_FUNCTION_NAME", "replica",
                "AWS_LAMBDA_FUNCTION_VERSION", "1",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
                "AWS_LAMBDA_INITIALIZATION_TYPE", snapStart ? "snap-start" : "on-demand",
                "_HANDLER", handler,
                "LAMBDA_TASK_ROOT", Objects.requireNonNull(log.getParent()).toString(),
                "AWS_REGION", "us-east-1",
                "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "test"));
    builder.redirectErrorStream(true).redirectOutput(new File(log.toString()));
    process = builder.start();
  }

  /** Processes that start at once would overwrite each other's file while they load it. */
  private static Path unpacked(Path folder) throws IOException {
    Path file = folder.resolve("runtime-client.so");
    if (!Files.exists(file)) {
      String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
      String name = "/jni/libaws-lambda-jni.linux-" + machine + ".so";
      try (InputStream library = LambdaRuntime.class.getResourceAsStream(name)) {
        Files.copy(Objects.requireNonNull(library, name), file);
      }
    }
    return file;
  }

  /** Starts a process; it waits for its first event, or before its restore. */
  static LambdaRuntime start(
      String handler, boolean snapStart, Map<String, String> environment, Path log)
      throws IOException {
    return new LambdaRuntime(handler, snapStart, environment, log);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(API.length());
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (path.equals("invocation/next")) {
        next(exchange);
      } else if (path.equals("restore/next")) {
        checkpointed.countDown();
        restored.await();
        exchange.sendResponseHeaders(200, -1);
      } else if (path.endsWith("/response") || path.matches("invocation/.*/error")) {
        Invocation done = running.remove(path.split("/")[1]);
        exchange.sendResponseHeaders(202, -1);
        if (done != null && path.endsWith("/response")) {
          done.answer().complete(body);
        } else if (done != null) {
          done.answer()
              .completeExceptionally(
                  new IllegalStateException(new String(body, StandardCharsets.UTF_8)));
        }
      } else {
        failed.complete(path + ": " + new String(body, StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(202, -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void next(HttpExchange exchange) throws IOException, InterruptedException {
    Invocation invocation = waiting.take();
    running.put(invocation.id(), invocation);
    var headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", invocation.id());
    headers.set(
        "Lambda-Runtime-Deadline-Ms",
        Long.toString(System.currentTimeMillis() + PATIENCE.toMillis()));
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:1:function:replica");
    headers.set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, invocation.event().length);
    exchange.getResponseBody().write(invocation.event());
  }

  /** Waits until the process is where its memory image would be taken. */
  void awaitCheckpoint() throws InterruptedException, IOException {
    for (long waited = 0; !checkpointed.await(100, TimeUnit.MILLISECONDS); waited += 100) {
      requireAlive(waited);
    }
  }

  private void requireAlive(long waitedMillis) throws IOException {
    if (failed.isDone() || !process.isAlive() || waitedMillis > PATIENCE.toMillis()) {
      throw new IllegalStateException(
          "the runtime failed: " + failed.getNow("no word") + "\n" + Files.readString(log));
    }
  }

  /** Lets the process go on as if it had been restored. */
  void restore() {
    restored.countDown();
  }

  /** Sends an event and waits for what the handler answers. */
  byte[] invoke(String event) throws InterruptedException, ExecutionException, IOException {
    Invocation invocation =
        new Invocation(
            UUID.randomUUID().toString(),
            event.getBytes(StandardCharsets.UTF_8),
            new CompletableFuture<>());
    waiting.add(invocation);
    for (long waited = 0; ; waited += 100) {
      try {
        return invocation.answer().get(100, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        requireAlive(waited);
      }
    }
  }

  /** CPU time of each thread so far; those that ended are not in it. */
  Map<String, Long> cpuNanos() throws IOException {
    Map<String, Long> nanos = new HashMap<>();
    File[] tasks = new File("/proc/" + process.pid() + "/task").listFiles();
    for (File task : tasks == null ? new File[0] : tasks) {
      try {
        String stat = Files.readString(task.toPath().resolve("schedstat"));
        nanos.put(task.getName(), Long.parseLong(stat.split(" ")[0]));
      } catch (IOException ended) {
        continue;
      }
    }
    return nanos;
  }

  /** CPU time since an earlier look. */
  Duration cpuSince(Map<String, Long> before) throws IOException {
    long sum = 0;
    for (Map.Entry<String, Long> thread : cpuNanos().entrySet()) {
      sum += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
    }
    return Duration.ofNanos(sum);
  }

  /** What the process has printed. */
  String printed() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    server.stop(0);
    threads.shutdownNow();
  }
}
