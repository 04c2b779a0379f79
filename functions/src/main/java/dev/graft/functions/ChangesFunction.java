package dev.graft.functions;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.graft.functions.service.Backend;
import dev.graft.functions.service.Group;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Questions: what changed, the log, the state. Safe for use by many threads. */
public final class ChangesFunction implements RequestStreamHandler {
  private final FunctionSkin skin;

  /** As Lambda makes it: by the settings in the environment. */
  public ChangesFunction() {
    this.skin = FunctionSkin.ofProcess(Group.CHANGES);
  }

  /** In a process that brings what it works with. */
  public ChangesFunction(Backend backend) {
    this.skin = FunctionSkin.of(Group.CHANGES, backend);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    skin.handle(event, answer);
  }
}
