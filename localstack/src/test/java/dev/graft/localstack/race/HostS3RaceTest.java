package dev.graft.localstack.race;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.engine.store.ObjectStore;
import dev.graft.s3.HostS3;
import dev.graft.s3.S3ObjectStore;
import java.util.Optional;

/**
 * On LocalStack as a process of this host: one process of Python serves all writers, slower than
 * they can ask.
 */
class HostS3RaceTest extends Race {
  @Override
  ObjectStore newStore() {
    Optional<HostS3> host = HostS3.start();
    assumeTrue(host.isPresent(), "LocalStack is not to be had here");
    S3ObjectStore bucket =
        S3ObjectStore.open(host.get().newBucket(), HostS3.credentials(), concurrency);
    open.add(bucket);
    return bucket;
  }
}
