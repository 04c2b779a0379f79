package dev.graft.localstack.race;

import dev.graft.engine.store.DelayingObjectStore;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectStore;
import java.time.Duration;

/** On a store in memory that is as far away as a fast S3. */
class DistantRaceTest extends Race {
  @Override
  ObjectStore newStore() {
    return new DelayingObjectStore(
        new MemoryObjectStore(concurrency),
        concurrency,
        Duration.ofMillis(15),
        Duration.ofMillis(15));
  }
}
