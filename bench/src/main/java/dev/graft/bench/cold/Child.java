package dev.graft.bench.cold;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a class of this class path in a JVM of its own and reads what it tells. */
final class Child {
  private static final long SAMPLE_MILLIS = 50;

  private Child() {}

  /**
   * What a process told.
   *
   * @param values by name; numbers as they are written
   * @param sampledPeakBytes the most resident memory that was seen from outside
   */
  record Told(Map<String, String> values, long sampledPeakBytes) {
    long number(String name) {
      return Long.parseLong(text(name));
    }

    double fraction(String name) {
      return Double.parseDouble(text(name));
    }

    String text(String name) {
      String value = values.get(name);
      if (value == null) {
        throw new IllegalStateException("the process told nothing of " + name);
      }
      return value;
    }
  }

  /** Runs it to its end. */
  static Told run(List<String> jvmOptions, Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    long peak = 0;
    String last = "";
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      // One line comes, at the end: until then there is time to look at the process's memory.
      while (process.isAlive() && !out.ready()) {
        peak = Math.max(peak, residentBytes(process.pid()));
        Thread.sleep(SAMPLE_MILLIS);
      }
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        last = line;
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException(main.getSimpleName() + " failed with exit code " + process.exitValue());
    }
    return new Told(flat(last), peak);
  }

  /** Options with which this process itself was started to be there quickly. */
  static List<String> quickStart() {
    List<String> options = new ArrayList<>(List.of("-XX:+UseSerialGC", "-Xlog:disable"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("-XX:SharedArchiveFile="))
        .forEach(options::add);
    return options;
  }

  private static long residentBytes(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException ended) {
      // It has just ended; what was seen before counts.
    }
    return 0;
  }

  private static Map<String, String> flat(String json) throws IOException {
    Map<String, String> values = new HashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (parser.nextToken() != null) {
        JsonToken token = parser.currentToken();
        if (token.isScalarValue()) {
          values.put(String.valueOf(parser.currentName()), parser.getText());
        }
      }
    }
    return values;
  }
}
