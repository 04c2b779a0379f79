package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HeadFinderTest {
  private static final VolumeId VOLUME = new VolumeId(1, 2);

  private final MemoryObjectStore store = new MemoryObjectStore(InstantSource.system());
  private final HeadFinder finder =
      new HeadFinder(store, new Rounds(new ThreadConcurrency(InstantSource.system())));

  @Test
  void find_orderedStore_takesOneListing() {
    for (long lsn = 1; lsn <= 300; lsn++) {
      ObjectKey key = Keys.commit(VOLUME, new Lsn(lsn));
      store.putIfAbsent(key, new byte[] {1}, Instant.MAX);
    }
    long head =
        finder.find(
            Keys.logPrefix(VOLUME),
            0,
            lsn -> {
              throw new AssertionError("read entry " + lsn);
            });
    assertThat(head).isEqualTo(300);
  }

  @Test
  void gallop_anyHead_findsItInFewRounds() {
    AtomicInteger reads = new AtomicInteger();
    for (long head : new long[] {0, 1, 2, 3, 7, 8, 127, 128, 129, 1_000, 65_537, 1_234_567_890}) {
      for (long known : new long[] {0, head / 2, head}) {
        reads.set(0);
        long found =
            finder.gallop(
                known,
                lsn -> {
                  reads.incrementAndGet();
                  return lsn <= head;
                });
        assertThat(found).isEqualTo(head);
        assertThat(reads.get()).as("reads for %d from %d", head, known).isLessThanOrEqualTo(140);
      }
    }
  }
}
