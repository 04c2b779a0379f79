package dev.graft.client.http;

import dev.graft.client.http.Attempts.AgainException;
import java.io.IOException;

/** Sends one request, with a receiver that may also say that it is to be sent again. */
final class Received {
  private Received() {}

  /** Reads an answer. */
  interface Reader<T> {
    T read(Transport.Answer answer) throws IOException, AgainException;
  }

  private record Ended<T>(
      @org.jspecify.annotations.Nullable T value,
      @org.jspecify.annotations.Nullable AgainException again) {}

  static <T> T of(Transport transport, Transport.Request request, Reader<T> reader)
      throws IOException, AgainException {
    Ended<T> ended =
        transport.send(
            request,
            answer -> {
              try {
                return new Ended<>(reader.read(answer), null);
              } catch (AgainException e) {
                return new Ended<>(null, e);
              }
            });
    if (ended.again() != null) {
      throw ended.again();
    }
    return java.util.Objects.requireNonNull(ended.value());
  }
}
