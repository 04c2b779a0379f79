package dev.graft.http;

import dev.graft.protocol.error.GraftException;
import java.util.function.Function;

/**
 * One message as JSON: {@code docs/http.md}, section 4. Immutable, safe for use by many threads.
 *
 * @param <T> what it says
 */
public final class Message<T> {
  private final JsonBody body;
  private final int maxBytes;
  private final JsonOut.Each<T> writer;
  private final Function<JsonObject, T> reader;

  private Message(
      JsonBody body, int maxBytes, JsonOut.Each<T> writer, Function<JsonObject, T> reader) {
    this.body = body;
    this.maxBytes = maxBytes;
    this.writer = writer;
    this.reader = reader;
  }

  static <T> Message<T> request(
      String name, JsonOut.Each<T> writer, Function<JsonObject, T> reader) {
    return new Message<>(new JsonBody(name, true), HttpLimits.MAX_REQUEST_BYTES, writer, reader);
  }

  static <T> Message<T> answer(
      String name, JsonOut.Each<T> writer, Function<JsonObject, T> reader) {
    return new Message<>(new JsonBody(name, false), HttpLimits.MAX_ANSWER_BYTES, writer, reader);
  }

  /** Its name in {@code docs/http.md} and {@code docs/openapi.yaml}. */
  public String name() {
    return body.name();
  }

  /** Whether a client sends it; else it is an answer. */
  public boolean isRequest() {
    return body.request();
  }

  /** No encoding is longer. */
  public int maxBytes() {
    return maxBytes;
  }

  /**
   * The JSON, in UTF-8.
   *
   * @throws GraftException.Limit when it is longer than {@link #maxBytes}
   * @throws GraftException.Misuse when the value has no form in JSON: a time that is too far off
   */
  public byte[] encode(T value) {
    byte[] bytes = JsonOut.object(out -> writer.write(out, value));
    if (bytes.length > maxBytes) {
      throw new GraftException.Limit(
          "message "
              + name()
              + " has "
              + bytes.length
              + " bytes; at most "
              + maxBytes
              + " can be sent: ask for less at once");
    }
    return bytes;
  }

  /**
   * Reads the JSON.
   *
   * @throws GraftException.Misuse when it is a request and not exactly that
   * @throws GraftException.Corrupt when it is an answer and not at least that
   */
  public T decode(byte[] bytes) {
    try {
      JsonObject object = body.parse(bytes, maxBytes);
      T value = reader.apply(object);
      object.end();
      return value;
    } catch (GraftException.Misuse | GraftException.Limit | GraftException.Corrupt e) {
      if (body.request()
          ? e instanceof GraftException.Misuse
          : e instanceof GraftException.Corrupt) {
        throw e;
      }
      throw body.wrong(String.valueOf(e.getMessage()));
    }
  }
}
