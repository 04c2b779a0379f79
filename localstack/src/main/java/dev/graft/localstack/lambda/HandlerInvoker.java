package dev.graft.localstack.lambda;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.UUID;

/** Calls a handler in this process, with bytes in and out as under Lambda. */
public final class HandlerInvoker implements Invoker {
  private final String name;
  private final RequestStreamHandler handler;

  /** The name stands in the context that the handler sees. */
  public HandlerInvoker(String name, RequestStreamHandler handler) {
    this.name = name;
    this.handler = handler;
  }

  @Override
  public byte[] invoke(byte[] event) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(event),
        answer,
        new LocalContext(name, UUID.randomUUID().toString()));
    return answer.toByteArray();
  }
}
