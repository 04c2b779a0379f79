package dev.graft.functions;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.graft.engine.EngineRemote;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does what need not be done before an answer: rollups and checkpoints that other functions ask for
 * (asynchronous events), keys and revocations that the edge has to learn of, and once a week a look
 * after all of it. Every event may come twice or late. An event that can never be done is told in
 * the log and not repeated; a store that does not answer fails the invocation, so that Lambda
 * repeats it. Safe for use by many threads.
 */
public final class MaintenanceFunction implements RequestStreamHandler {
  private static final int MAX_EVENT_BYTES = 1 << 17;

  private final Supplier<Working> working;

  /** How an invocation goes on: with what the process has, and the name that it is called by. */
  private record Working(Maintenance maintenance, BiConsumer<String, byte[]> again) {}

  /** As Lambda makes it: by the settings in the environment. */
  public MaintenanceFunction() {
    this.working =
        Instance.ofProcess(made ->
            new Working(
                new Maintenance(made.engine(), System.out::println, made.edge()),
                made::invokeLater));
  }

  /**
   * In a process that brings what it works with.
   *
   * @param engine does the work
   * @param again takes an event when one invocation was not enough
   * @param lines takes a line of JSON for each piece of work
   */
  public MaintenanceFunction(EngineRemote engine, Consumer<byte[]> again, Consumer<String> lines) {
    Working made =
        new Working(new Maintenance(engine, lines, null), (name, event) -> again.accept(event));
    this.working = () -> made;
  }

  /** The event that asks for a piece of work. */
  public static byte[] event(dev.graft.engine.UpkeepTask task) {
    return MaintenanceEvents.encode(new MaintenanceEvents.Task(task));
  }

  /** The event that asks for a look after all volumes. */
  public static byte[] sweep() {
    return MaintenanceEvents.encode(new MaintenanceEvents.SweepAll(null));
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    MaintenanceEvents.Event asked;
    try {
      asked = MaintenanceEvents.decode(event.readNBytes(MAX_EVENT_BYTES));
    } catch (GraftException.Misuse e) {
      System.out.println(Maintenance.line("refused", "", String.valueOf(e.getMessage())));
      answer.write("{\"done\":false}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return;
    }
    Working now = working.get();
    now.maintenance()
        .handle(
            asked,
            context::getRemainingTimeInMillis,
            next -> now.again().accept(context.getInvokedFunctionArn(), next));
    answer.write("{\"done\":true}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
