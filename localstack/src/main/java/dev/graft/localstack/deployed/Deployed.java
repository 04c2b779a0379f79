package dev.graft.localstack.deployed;

import dev.graft.auth.Admission;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.localstack.edge.AdmissionCheck;
import dev.graft.localstack.edge.Edge;
import dev.graft.localstack.edge.EdgeMishaps;
import dev.graft.localstack.edge.EdgeOptions;
import dev.graft.localstack.edge.StoreOrigin;
import dev.graft.localstack.web.WebServer;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * The address that clients of an installation on LocalStack are given, on 127.0.0.1: LocalStack has
 * no CloudFront, so this process stands in its place before the URLs of the deployed functions.
 */
public final class Deployed implements AutoCloseable {
  /** No function takes more, with room to say so. */
  private static final int MAX_COMMAND_BYTES = 8 << 20;

  /** LocalStack takes any. */
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

  private final WebServer server;
  private final FunctionUrls functions;
  private final List<AutoCloseable> closed;

  private Deployed(WebServer server, FunctionUrls functions, List<AutoCloseable> closed) {
    this.server = server;
    this.functions = functions;
    this.closed = closed;
  }

  /** Where ranges of segments and commits come from. */
  public enum Ranges {
    /** From the ranges function, which asks for a token; nothing is kept. */
    FUNCTION,
    /** From the bucket, behind the local edge, which asks for a token and keeps what it read. */
    S3
  }

  /**
   * Starts to listen, and has a container started for every function.
   *
   * @param endpoint of LocalStack
   * @param keys the ring that was put into the parameter
   * @param port 0 for any free one
   * @throws IOException when the port is taken, or a function does not answer as it should
   */
  public static Deployed start(
      Outputs outputs, URI endpoint, KeyRing keys, Ranges ranges, int port, InstantSource clock)
      throws IOException, InterruptedException {
    List<AutoCloseable> closed = new ArrayList<>();
    FunctionUrls functions = new FunctionUrls(endpoint, outputs.functions());
    closed.add(functions);
    WebServer server =
        switch (ranges) {
          case FUNCTION -> WebServer.start(port, MAX_COMMAND_BYTES, functions);
          case S3 -> {
            S3ObjectStore store = bucket(outputs, endpoint, clock);
            closed.add(store);
            Admission admission = new Admission(keys, new RevocationLog(store, clock), clock);
            Edge edge =
                new Edge(
                    new AdmissionCheck(admission::admit),
                    functions,
                    new StoreOrigin(store),
                    EdgeOptions.DEFAULT,
                    EdgeMishaps.NONE,
                    clock);
            closed.add(edge);
            yield WebServer.start(port, MAX_COMMAND_BYTES, edge);
          }
        };
    closed.add(server);
    Deployed started = new Deployed(server, functions, closed);
    try {
      functions.wake();
    } catch (IOException | InterruptedException e) {
      started.close();
      throw e;
    }
    return started;
  }

  /**
   * The bucket of everything, straight.
   *
   * @param endpoint of LocalStack
   */
  public static S3ObjectStore bucket(Outputs outputs, URI endpoint, InstantSource clock) {
    return S3ObjectStore.open(
        S3Settings.of(outputs.bucket()).withEndpoint(endpoint), CREDENTIALS, clock);
  }

  /** Where clients find it. */
  public URI address() {
    return server.address();
  }

  /** What was asked of the functions. */
  public FunctionUrls functions() {
    return functions;
  }

  /** Ends it; LocalStack and what is deployed there stay. */
  @Override
  public void close() {
    for (AutoCloseable each : closed.reversed()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException("could not be closed: " + e, e);
      }
    }
  }
}
