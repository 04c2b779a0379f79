package dev.graft.functions;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.graft.functions.service.Backend;
import dev.graft.functions.service.Group;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Ranges of immutable objects, where there is no edge; at most 4 MiB an answer. Safe for use by
 * many threads.
 */
public final class RangesFunction implements RequestStreamHandler {
  private final FunctionSkin skin;

  /** As Lambda makes it: by the settings in the environment. */
  public RangesFunction() {
    this.skin = FunctionSkin.ofProcess(Group.RANGES);
  }

  /** In a process that brings what it works with. */
  public RangesFunction(Backend backend) {
    this.skin = FunctionSkin.of(Group.RANGES, backend);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    skin.handle(event, answer);
  }
}
