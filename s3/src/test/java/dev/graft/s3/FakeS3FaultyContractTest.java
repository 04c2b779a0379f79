package dev.graft.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.ObjectStoreContract;
import dev.graft.s3.fake.FakeS3;
import dev.graft.s3.fake.Fault;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a store that answers in every way that is right but not usual. */
class FakeS3FaultyContractTest extends ObjectStoreContract {
  private static final long SEED = 11;

  private static FakeS3 fake;

  @BeforeAll
  static void start() {
    fake = FakeS3.start();
    fake.faults()
        .delay(Duration.ofMillis(5))
        .sometimes(
            SEED, 0.5, Fault.WHOLE_OBJECT, Fault.LARGER_RANGE, Fault.SHORTER_RANGE, Fault.DELAYED);
  }

  @AfterAll
  static void stop() {
    assertThat(fake.faults().hits(Fault.WHOLE_OBJECT)).isPositive();
    assertThat(fake.faults().hits(Fault.LARGER_RANGE)).isPositive();
    assertThat(fake.faults().hits(Fault.SHORTER_RANGE)).isPositive();
    fake.close();
  }

  @Override
  protected void run(Scenario scenario) throws Exception {
    InstantSource clock = InstantSource.system();
    try (var store = S3ObjectStore.open(fake.newBucket(), FakeS3.credentials(), clock)) {
      scenario.play(store, new ThreadConcurrency(clock));
    }
  }
}
