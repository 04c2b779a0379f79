package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.cache.CacheStatus;
import dev.graft.concurrency.Task;
import dev.graft.protocol.page.PageSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replicas whose cache is much smaller than what they read. */
@Timeout(60)
final class EvictionTest {
  private static final PageSize SIZE = PageSize.DEFAULT;
  private static final int PAGES = 6_000;
  private static final long BOUND = 4L << 20;

  @TempDir Path root;

  private static ReplicaOptions small(ReplicaOptions options) {
    return options.with(ReplicaOptions.Limits.DEFAULT.withCacheBytes(BOUND));
  }

  private ReplicaOptions home(Embedded at, boolean onFolder) {
    ReplicaOptions options = small(at.options());
    return onFolder ? options.on(root.resolve("replica")) : options;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_volumeLargerThanTheCache_isRightForEverySnapshot(boolean onFolder) throws Exception {
    long seed = 5;
    System.out.println("eviction seed " + seed);
    try (var at = new Embedded(seed, SIZE)) {
      try (Replica writer = Replica.open(small(at.options()))) {
        ReplicaContract.fill(writer, PAGES);
      }
      try (Replica replica = Replica.open(home(at, onFolder))) {
        Snapshot old = replica.snapshot();
        assertThat(Pages.read(old, 17)).isEqualTo(Pages.of(SIZE, 17));
        var done = new AtomicBoolean();
        List<Task<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          var random = new SplittableRandom(seed + i);
          readers.add(at.concurrency.fork("reader", () -> sample(replica, old, random, done)));
        }
        // Scans with everything fetched ahead, between commits that change each scanned page once.
        for (int round = 1; round <= 2; round++) {
          for (int page = 1; page <= PAGES; page += 60) {
            ReplicaContract.commit(replica, page, page + 100_000L * round);
          }
          try (Snapshot now = replica.snapshot()) {
            for (int page = 1; page <= PAGES; page++) {
              long expected = page % 60 == 1 ? page + 100_000L * round : page;
              assertThat(Pages.read(now, page))
                  .as("page %d", page)
                  .isEqualTo(Pages.of(SIZE, expected));
            }
          }
        }
        done.set(true);
        at.concurrency.awaitAll(readers);
        for (Task<Integer> reader : readers) {
          assertThat(reader.result()).isPositive();
        }
        old.close();
        CacheStatus status = replica.cacheStatus();
        assertThat(status.evictedFrames()).isGreaterThan(300);
        assertThat(status.returnedFrames()).isPositive();
        assertThat(status.roomBytes()).isLessThanOrEqualTo(BOUND);
        assertThat(status.damagedFrames()).isZero();
        System.out.println(status);
      }
      if (onFolder) {
        assertThat(Disk.usedBytes(root.resolve("replica"), "pages-")).isLessThanOrEqualTo(BOUND);
        try (Replica again = Replica.open(home(at, true))) {
          try (Snapshot now = again.snapshot()) {
            for (int page = 1; page <= PAGES; page += 7) {
              long expected = page % 60 == 1 ? page + 200_000L : page;
              assertThat(Pages.read(now, page))
                  .as("page %d", page)
                  .isEqualTo(Pages.of(SIZE, expected));
            }
          }
        }
      }
    }
  }

  /** Reads pages of the old snapshot, which never changes, and of whatever is current. */
  private static int sample(
      Replica replica, Snapshot old, SplittableRandom random, AtomicBoolean done) {
    int reads = 0;
    while (!done.get()) {
      int page = 1 + random.nextInt(PAGES);
      assertThat(Pages.read(old, page)).as("old page %d", page).isEqualTo(Pages.of(SIZE, page));
      int steady = page % 60 == 1 ? page + 1 : page;
      try (Snapshot now = replica.snapshot()) {
        assertThat(Pages.read(now, steady)).as("page %d", steady).isEqualTo(Pages.of(SIZE, steady));
      }
      reads++;
    }
    return reads;
  }

  @Test
  void read_pinnedPagesAgainWithoutAnyRemote_areHere() {
    try (var at = new Embedded(6, SIZE)) {
      try (Replica writer = Replica.open(small(at.options()))) {
        ReplicaContract.fill(writer, PAGES);
      }
      try (Replica replica = Replica.open(home(at, true));
          Snapshot pinned = replica.snapshot()) {
        for (int page = 1; page <= 320; page++) {
          Pages.read(pinned, page);
        }
        // Others read all the rest, through a snapshot that ends.
        try (Snapshot other = replica.snapshot()) {
          for (int page = PAGES; page > 320; page -= 40) {
            Pages.read(other, page);
          }
        }
        long before = replica.status().requests();
        for (int page = 1; page <= 320; page++) {
          assertThat(Pages.read(pinned, page)).isEqualTo(Pages.of(SIZE, page));
        }
        assertThat(replica.status().requests()).isEqualTo(before);
        assertThat(replica.cacheStatus().evictedFrames()).isPositive();
      }
    }
  }
}
