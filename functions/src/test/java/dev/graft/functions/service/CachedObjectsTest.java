package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class CachedObjectsTest {
  private static final ObjectKey KEY = new ObjectKey("volumes/v/checkpoints/c");

  private final MemoryObjectStore objects = new MemoryObjectStore(InstantSource.system());

  /** A store whose first read comes damaged. */
  private static final class DamagedOnce extends PassingStore {
    private final UnaryOperator<byte[]> damage;
    private boolean done;

    DamagedOnce(ObjectStore store, UnaryOperator<byte[]> damage) {
      super(store);
      this.damage = damage;
    }

    @Override
    public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
      GetOutcome outcome = store.get(key, offset, maxBytes);
      if (done || !(outcome instanceof GetOutcome.Found(byte[] bytes, long total))) {
        return outcome;
      }
      done = true;
      return new GetOutcome.Found(damage.apply(bytes), total);
    }
  }

  @Test
  void get_damagedOnItsWay_isNotKept() {
    byte[] content = new byte[1_000];
    new SplittableRandom(1).nextBytes(content);
    byte[] sealed = new WireWriter().bytes(content).seal().toBytes();
    objects.putIfAbsent(KEY, sealed, Instant.MAX);
    List<UnaryOperator<byte[]>> damages =
        List.of(
            bytes -> Arrays.copyOf(bytes, 700),
            bytes -> {
              byte[] flipped = bytes.clone();
              flipped[500] ^= 4;
              return flipped;
            });
    for (UnaryOperator<byte[]> damage : damages) {
      CachedObjects cached =
          new CachedObjects(new DamagedOnce(objects, damage), 1 << 20, key -> true);
      assertThat(read(cached)).isNotEqualTo(sealed);
      assertThat(read(cached)).isEqualTo(sealed);
      assertThat(read(cached)).isEqualTo(sealed);
      assertThat(cached.hits()).isEqualTo(1);
    }
  }

  private static byte[] read(ObjectStore store) {
    return ((GetOutcome.Found) store.get(KEY, 0, 1 << 16)).bytes();
  }
}
