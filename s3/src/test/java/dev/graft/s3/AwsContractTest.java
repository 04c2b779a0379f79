package dev.graft.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStoreContract;
import dev.graft.protocol.id.RandomIdSource;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeAll;

/**
 * On AWS itself, when {@code GRAFT_TEST_BUCKET} names a bucket and credentials and region are in
 * the environment. Works below a prefix of its own and removes what it wrote.
 */
class AwsContractTest extends ObjectStoreContract {
  private static final String BUCKET = System.getenv("GRAFT_TEST_BUCKET");

  @BeforeAll
  static void requireBucket() {
    boolean given = BUCKET != null && !BUCKET.isBlank();
    if (!given) {
      System.err.println("skipped: tests on AWS (GRAFT_TEST_BUCKET names no bucket)");
    }
    assumeTrue(given, "GRAFT_TEST_BUCKET names no bucket");
  }

  @Override
  protected void run(Scenario scenario) throws Exception {
    InstantSource clock = InstantSource.system();
    String own = "graft-test/" + new RandomIdSource(new SecureRandom()).newVolumeId() + "/";
    try (var store = S3ObjectStore.open(S3Settings.of(BUCKET).withPrefix(own), clock)) {
      try {
        scenario.play(store, new ThreadConcurrency(clock));
      } finally {
        for (var keys = store.list("", "", 1000); !keys.isEmpty(); ) {
          for (ObjectKey key : keys) {
            store.delete(key);
          }
          keys = store.list("", keys.getLast().value(), 1000);
        }
      }
    }
  }
}
