package dev.graft.cli;

import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import java.time.InstantSource;

/**
 * Opens stores in buckets. Only here is the AWS SDK touched: a process that has nothing to do with
 * a bucket loads none of it.
 */
final class BucketStores {
  private BucketStores() {}

  /** The store of an address like {@code s3://BUCKET/PREFIX}; nothing is asked yet. */
  static OpenStore open(String address, InstantSource clock) {
    S3ObjectStore store = S3ObjectStore.open(S3Settings.parse(address), clock);
    return new OpenStore(store, store::close);
  }
}
