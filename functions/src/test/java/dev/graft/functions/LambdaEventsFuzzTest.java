package dev.graft.functions;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Request;
import dev.graft.protocol.error.GraftException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Arbitrary bytes are refused as events and answers of functions, in the one way that their callers
 * know, or say the same when they are written again. A plain test run plays the kept inputs; {@code
 * JAZZER_FUZZ=1} in the environment and {@code -Djazzer.hooks=true} look for new ones.
 */
class LambdaEventsFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @FuzzTest(maxDuration = "60s")
  void event(byte[] bytes) throws IOException {
    Request read;
    try {
      read = PayloadReader.read(new ByteArrayInputStream(bytes));
    } catch (IOException expected) {
      return;
    }
    Stream<String> texts = Stream.of(read.method(), read.path(), read.query());
    if (!canBeWritten(Stream.concat(texts, texts(read.headers())))) {
      return;
    }
    byte[] event = FunctionEvents.event(read, "id", NOW);
    Request again = PayloadReader.read(new ByteArrayInputStream(event));
    require(again.method().equals(read.method()) && again.path().equals(read.path()));
    require(again.query().equals(read.query()) && again.headers().equals(read.headers()));
    require(Arrays.equals(again.body(), read.body()));
  }

  @FuzzTest(maxDuration = "60s")
  void answer(byte[] bytes) throws IOException {
    Answer read;
    try {
      read = FunctionEvents.answer(bytes);
    } catch (IOException expected) {
      return;
    }
    // What is text by its type is written as text.
    boolean isAsItSays = read.isBinary() || isText(read.body());
    if (!isAsItSays || !canBeWritten(texts(read.headers()))) {
      return;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PayloadWriter.write(read, out);
    Answer again = FunctionEvents.answer(out.toByteArray());
    require(again.status() == read.status() && again.headers().equals(read.headers()));
    require(Arrays.equals(again.body(), read.body()));
  }

  @FuzzTest(maxDuration = "60s")
  void maintenance(byte[] bytes) {
    MaintenanceEvents.Event event;
    try {
      event = MaintenanceEvents.decode(bytes);
    } catch (GraftException.Misuse expected) {
      return;
    }
    require(MaintenanceEvents.decode(MaintenanceEvents.encode(event)).equals(event));
  }

  private static Stream<String> texts(Map<String, String> headers) {
    return Stream.concat(headers.keySet().stream(), headers.values().stream());
  }

  /** JSON can spell half a character, of which there are no bytes. */
  private static boolean canBeWritten(Stream<String> texts) {
    return texts.allMatch(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
  }

  private static boolean isText(byte[] body) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("it reads otherwise when it was written again");
    }
  }
}
