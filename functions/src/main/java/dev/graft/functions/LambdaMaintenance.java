package dev.graft.functions;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.graft.engine.UpkeepPort;
import dev.graft.engine.UpkeepTask;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * Asks the maintenance function, and does not wait for what it does. The same work is asked for
 * once in half a minute: a gap that many readers meet is one gap. Safe for use by many threads.
 */
final class LambdaMaintenance implements UpkeepPort {
  private static final Duration ASKED_AGAIN = Duration.ofSeconds(30);
  private static final int MAX_REMEMBERED = 10_000;

  private final String function;
  private final AwsCall aws;
  private final Cache<UpkeepTask, Boolean> asked =
      Caffeine.newBuilder()
          .maximumSize(MAX_REMEMBERED)
          .expireAfterWrite(ASKED_AGAIN)
          .executor(Runnable::run)
          .build();

  /**
   * @param function its name or ARN, with a version or alias perhaps
   */
  LambdaMaintenance(String function, AwsCall aws) {
    this.function = function;
    this.aws = aws;
  }

  @Override
  public void ask(UpkeepTask task) {
    if (asked.asMap().putIfAbsent(task, true) != null) {
      return;
    }
    // One that fails is not asked again at once either: what is missing is found by later readers.
    send(MaintenanceEvents.encode(new MaintenanceEvents.Task(task)));
  }

  /** Sends an event of {@link MaintenanceEvents}. */
  void send(byte[] event) {
    aws.post(
        "lambda",
        "/2015-03-31/functions/"
            + URLEncoder.encode(function, StandardCharsets.UTF_8)
            + "/invocations",
        Map.of("x-amz-invocation-type", "Event", "content-type", "application/json"),
        event);
  }
}
