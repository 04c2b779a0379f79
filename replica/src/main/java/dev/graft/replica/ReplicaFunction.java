package dev.graft.replica;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

/**
 * The read replica as a Lambda function behind a function URL. The runtime makes one object of it
 * and calls it for one request at a time, or for several at once.
 *
 * <p>With SnapStart the volume is opened and primed before the snapshot is taken; without, at the
 * first request.
 */
public final class ReplicaFunction implements RequestStreamHandler, Resource {
  /** So long before the runtime's end an answer has to begin. */
  private static final Duration SPARE = Duration.ofMillis(500);

  /** The runtime holds on to resources weakly. */
  private static volatile @Nullable ReplicaFunction registered;

  private final ReplicaSettings settings;
  private final Installation installation;
  private final QueryFace face;

  /** Reads the environment; asks nobody yet. */
  public ReplicaFunction() {
    ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
    this.settings = ReplicaSettings.of(System.getenv());
    this.installation = new Installation(settings, concurrency, SecureRandom::new);
    this.face = new QueryFace(installation::replica, concurrency);
    registered = this;
    Core.getGlobalContext().register(this);
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    FunctionUrl.Request request = FunctionUrl.read(input);
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis()).minus(SPARE);
    Duration most = settings.limits().time();
    FunctionUrl.write(face.answer(request, left.compareTo(most) < 0 ? left : most), output);
  }

  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> context)
      throws InterruptedException {
    for (GraftException failure : installation.beforeImage(face)) {
      System.err.println("graft replica: " + failure.getMessage());
    }
  }

  @Override
  public void afterRestore(org.crac.Context<? extends Resource> context) throws SQLException {
    installation.afterImage();
  }
}
