package dev.graft.localstack.lambda;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.graft.functions.InvocationContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;

/** Calls a handler in this process, with bytes in and out as under Lambda. */
public final class HandlerInvoker implements Invoker {
  private final String name;
  private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);

  private final RequestStreamHandler handler;
  private final int timeoutMillis;

  /** The name stands in the context that the handler sees. */
  public HandlerInvoker(String name, RequestStreamHandler handler) {
    this(name, handler, USUAL_TIMEOUT);
  }

  /**
   * With more time, or less.
   *
   * @param timeout that the handler is told of; nobody ends it then
   */
  public HandlerInvoker(String name, RequestStreamHandler handler, Duration timeout) {
    this.name = name;
    this.handler = handler;
    this.timeoutMillis = (int) timeout.toMillis();
  }

  @Override
  public byte[] invoke(byte[] event) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(event),
        answer,
        new InvocationContext(
            "local", name, UUID.randomUUID().toString(), timeoutMillis, System.err::println));
    return answer.toByteArray();
  }
}
