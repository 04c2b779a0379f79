package dev.graft.auth;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The edge's function under Node, one process for many requests. For one thread at a time. */
public final class EdgeFunction implements AutoCloseable {
  /** The function as it is deployed. */
  static final Path FILE = Path.of("../infra/edge/function.js");

  private static final Path RUNNER = Path.of("../infra/edge/test/run.js");

  private final Process process;
  private final Writer in;
  private final BufferedReader out;

  /**
   * What came of a request.
   *
   * @param status 200 when it goes on to the origin
   * @param uri where it goes on; empty when it does not
   * @param headers that go on, or of the answer
   * @param body of the answer; empty when it goes on
   */
  public record Outcome(int status, String uri, Map<String, String> headers, String body) {}

  private EdgeFunction(Process process) {
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Whether there is a Node here. */
  public static boolean isThere() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "node")));
  }

  /** Starts it with what its key value store holds. */
  public static EdgeFunction start(Map<String, String> keyValueStore) {
    try {
      EdgeFunction edge =
          new EdgeFunction(
              new ProcessBuilder("node", RUNNER.toString())
                  .redirectError(ProcessBuilder.Redirect.INHERIT)
                  .start());
      edge.keyValueStore(keyValueStore);
      return edge;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes what the key value store holds. */
  public void keyValueStore(Map<String, String> entries) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = StrictJson.generator(text)) {
      json.writeStartObject();
      json.writeObjectFieldStart("kvs");
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    exchange(text.toString());
  }

  /** One request with at most one token. */
  public Outcome ask(String method, String path, @Nullable String token, Instant now) {
    return ask(
        method, path, token == null ? Map.of() : Map.of("graft-token", List.of(token)), now, false);
  }

  /** One request; broken is a key value store that cannot be reached. */
  Outcome ask(
      String method, String path, Map<String, List<String>> headers, Instant now, boolean broken) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = StrictJson.generator(text)) {
      json.writeStartObject();
      json.writeNumberField("now", now.toEpochMilli());
      json.writeStringField("method", method);
      json.writeStringField("path", path);
      json.writeBooleanField("broken", broken);
      json.writeObjectFieldStart("headers");
      for (Map.Entry<String, List<String>> header : headers.entrySet()) {
        json.writeArrayFieldStart(header.getKey());
        for (String value : header.getValue()) {
          json.writeString(value);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    try {
      return outcome(exchange(text.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String exchange(String line) throws IOException {
    in.write(line + "\n");
    in.flush();
    return Optional.ofNullable(out.readLine())
        .orElseThrow(() -> new IOException("the edge function's process ended"));
  }

  private static Outcome outcome(String line) throws IOException {
    int status = 0;
    String uri = "";
    String body = "";
    Map<String, String> headers = new LinkedHashMap<>();
    try (JsonParser in = StrictJson.parser(line)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        switch (name) {
          case "status" -> status = in.getIntValue();
          case "uri" -> uri = in.getText();
          case "body" -> body = in.getText();
          case "headers" -> readHeaders(in, headers);
          default -> throw new IOException("the runner said " + name);
        }
      }
    }
    return new Outcome(status == 0 ? 200 : status, uri, headers, body);
  }

  private static void readHeaders(JsonParser in, Map<String, String> headers) throws IOException {
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String header = in.currentName();
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean isValue = in.currentName().equals("value");
        in.nextToken();
        if (isValue) {
          headers.put(header, in.getText());
        } else {
          in.skipChildren();
        }
      }
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
