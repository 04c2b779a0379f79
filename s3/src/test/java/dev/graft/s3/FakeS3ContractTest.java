package dev.graft.s3;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.ObjectStoreContract;
import dev.graft.s3.fake.FakeS3;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class FakeS3ContractTest extends ObjectStoreContract {
  private static FakeS3 fake;

  @BeforeAll
  static void start() {
    fake = FakeS3.start();
  }

  @AfterAll
  static void stop() {
    fake.close();
  }

  /** What a store of this test is reached by. */
  S3Settings settings() {
    return fake.newBucket();
  }

  @Override
  protected void run(Scenario scenario) throws Exception {
    InstantSource clock = InstantSource.system();
    try (var store = S3ObjectStore.open(settings(), FakeS3.credentials(), clock)) {
      scenario.play(store, new ThreadConcurrency(clock));
    }
  }
}
