package dev.graft.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.ObjectStoreContract;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;

/** On LocalStack as a process of this host. */
class HostS3ContractTest extends ObjectStoreContract {
  private static Optional<HostS3> host = Optional.empty();

  @BeforeAll
  static void start() {
    host = HostS3.start();
    assumeTrue(host.isPresent(), "LocalStack is not to be had here");
  }

  @Override
  protected void run(Scenario scenario) throws Exception {
    InstantSource clock = InstantSource.system();
    S3Settings settings = host.orElseThrow().newBucket();
    try (var store = S3ObjectStore.open(settings, HostS3.credentials(), clock)) {
      scenario.play(store, new ThreadConcurrency(clock));
    }
  }
}
