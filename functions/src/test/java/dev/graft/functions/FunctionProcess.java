package dev.graft.functions;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A function in a process of its own, under the real runtime client, as Lambda runs it. */
final class FunctionProcess implements AutoCloseable {
  private static final String CLIENT = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  /** What Lambda's own image brings, beside the function. */
  private static final List<String> OF_LAMBDA =
      List.of("aws-lambda-java-runtime-interface-client", "aws-lambda-java-serialization");

  /** Where the client finds its native part; else it unpacks it to one file for the machine. */
  private static final String JNI =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  private static final double TICKS_A_SECOND = 100;

  private final Process process;
  private final Path output;

  private FunctionProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts one.
   *
   * @param snapshot whether as for a snapshot: hooks are run
   */
  static FunctionProcess start(
      Class<?> handler, RuntimeApi api, Path folder, boolean snapshot, Map<String, String> settings)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add("-XX:+UseSerialGC");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
    command.add("-D" + JNI + "=" + unpackedNative(folder));
    command.add("-cp");
    command.add(classPath(folder));
    command.add(CLIENT);
    command.add(handler.getName() + "::handleRequest");
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("AWS_") || name.startsWith("GRAFT_"));
    environment.put("AWS_LAMBDA_RUNTIME_API", api.address());
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "graft");
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", "1");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769");
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", snapshot ? "snap-start" : "on-demand");
    environment.put("LAMBDA_TASK_ROOT", folder.toString());
    environment.put("AWS_REGION", "eu-central-1");
    environment.put("_HANDLER", handler.getName() + "::handleRequest");
    environment.putAll(settings);
    Path output = folder.resolve("output.txt");
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    return new FunctionProcess(builder.start(), output);
  }

  /** Processes that start at once would overwrite each other's file while they load it. */
  private static Path unpackedNative(Path folder) throws IOException {
    Path file = folder.resolve("runtime-client.so");
    String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    String name = "/jni/libaws-lambda-jni.linux-" + machine + ".so";
    try (InputStream library = FunctionProcess.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(library, name), file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  /** The unpacked zip with what Lambda brings, or the class path of this test. */
  private static String classPath(Path folder) throws IOException {
    String zip = System.getProperty("graft.functions.zip", "");
    List<String> here = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
    if (zip.isEmpty()) {
      return here.stream()
          .filter(part -> !part.endsWith("test-classes"))
          .collect(Collectors.joining(File.pathSeparator));
    }
    Path task = folder.resolve("task");
    unpack(Path.of(zip), task);
    Stream<String> ofLambda =
        here.stream()
            .filter(part ->
                OF_LAMBDA.stream().anyMatch(name -> new File(part).getName().startsWith(name)));
    return Stream.concat(Stream.of(task.toString(), task.resolve("lib") + "/*"), ofLambda)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void unpack(Path zip, Path to) throws IOException {
    try (InputStream bytes = Files.newInputStream(zip);
        ZipInputStream in = new ZipInputStream(bytes)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path path = to.resolve(entry.getName()).normalize();
        if (!path.startsWith(to)) {
          throw new IOException("the zip names " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(in, path);
        }
      }
    }
  }

  /** The time that processors spent on it until now, in milliseconds; -1 where nobody counts. */
  double cpuMillis() throws IOException {
    Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
    if (!Files.exists(stat)) {
      return -1;
    }
    String text = Files.readString(stat);
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1000 / TICKS_A_SECOND;
  }

  /** What it printed until now. */
  String output() throws IOException {
    return Files.readString(output);
  }

  /** Waits for its end; whether it came by itself. */
  boolean ends() throws InterruptedException {
    return process.waitFor(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
