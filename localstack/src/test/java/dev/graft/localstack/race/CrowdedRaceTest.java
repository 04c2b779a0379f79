package dev.graft.localstack.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectStore;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * On a store in memory that serves fewer requests than the writers could ask: {@code
 * -Dgraft.race.service=15} makes each take so many milliseconds.
 */
class CrowdedRaceTest extends Race {
  private static final int WORKERS = 2;

  private final Duration service = Duration.ofMillis(Integer.getInteger("graft.race.service", 2));
  private @Nullable CrowdedStore crowded;

  @Override
  ObjectStore newStore() {
    CrowdedStore made =
        new CrowdedStore(new MemoryObjectStore(concurrency), concurrency, WORKERS, service);
    crowded = made;
    return made;
  }

  @AfterEach
  void wasCrowded() {
    Duration longest = Objects.requireNonNull(crowded).longestWait();
    assertThat(longest).isGreaterThan(service.multipliedBy(10));
  }
}
