package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.count.Counts;
import dev.graft.client.prefetch.Prefetcher;
import dev.graft.client.write.BulkImport;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pages that are brought here before they are read. */
@Timeout(60)
final class HydrateTest {
  private static final PageSize SIZE = PageSize.DEFAULT;

  /** Two windows and a half: 600 MiB would take too long, so most pages are zeros. */
  private static final int PAGES = 140_000;

  private static final int EVERY = 16;

  @TempDir Path folder;

  /** All of them noise: more than may be under way at one time. */
  private static final int FULL_PAGES = 20_000;

  private static final int MAX_BYTES_UNDER_WAY = 64 << 20;

  private static Embedded volume() {
    return volume(PAGES, EVERY, page -> Pages.of(SIZE, page));
  }

  private static byte[] noise(long page) {
    byte[] bytes = new byte[SIZE.bytes()];
    new SplittableRandom(page).nextBytes(bytes);
    return bytes;
  }

  private static Embedded volume(int count, int every, LongFunction<byte[]> content) {
    Embedded at = new Embedded(41, SIZE);
    new BulkImport(at.remote, at.concurrency, at.ids, 2)
        .run(
            new BulkImport.Plan(at.volume, SIZE, new PageCount(count), new long[] {1}, "", ""),
            (first, pages, target) -> {
              java.util.Arrays.fill(target, 0, pages * SIZE.bytes(), (byte) 0);
              for (int i = 0; i < pages; i++) {
                if ((first + i) % every == 0) {
                  System.arraycopy(
                      content.apply(first + i), 0, target, i * SIZE.bytes(), SIZE.bytes());
                }
              }
            },
            BulkImport.Progress.NONE);
    return at;
  }

  /** The volume is larger than the usual cache in memory, counted in pages. */
  private static ReplicaOptions roomy(ReplicaOptions options) {
    return options
        .with(Prefetcher::none)
        .with(ReplicaOptions.Limits.DEFAULT.withCacheBytes(1L << 30));
  }

  private static byte[] expected(long page) {
    return page % EVERY == 0 ? Pages.of(SIZE, page) : Pages.zeros(SIZE);
  }

  @Test
  void hydrate_everything_takesFewLargeReadsAndThenNoneIsNeeded() {
    try (Embedded at = volume();
        Replica replica = Replica.open(roomy(at.options()))) {
      Counts before = at.remote.counts();
      List<long[]> told = Collections.synchronizedList(new ArrayList<>());
      Hydrated hydrated = replica.hydrate((done, all) -> told.add(new long[] {done, all}));
      Counts cost = at.remote.counts().minus(before);
      assertThat(hydrated.reads()).isLessThanOrEqualTo(hydrated.bytesFetched() / (6 << 20) + 6);
      assertThat(cost.bytesIn()).isGreaterThanOrEqualTo(hydrated.bytesFetched());
      // Beside them the leaves of the map, and gaps.
      assertThat(cost.bytesIn()).isLessThan(hydrated.bytesFetched() + (1 << 20));
      assertThat(told.getLast()[0]).isEqualTo(told.getLast()[1]);
      long last = 0;
      for (long[] step : told) {
        assertThat(step[0]).isGreaterThanOrEqualTo(last);
        last = step[0];
      }
      before = at.remote.counts();
      try (Snapshot snapshot = replica.snapshot()) {
        for (long page = 1; page <= PAGES; page += 997) {
          assertThat(snapshot.isHere(page)).isTrue();
          assertThat(Pages.read(snapshot, page)).isEqualTo(expected(page));
        }
      }
      assertThat(at.remote.counts().minus(before).requests()).isZero();
      assertThat(replica.hydrate(Progress.NONE).bytesFetched()).isZero();
    }
  }

  @Test
  void hydrate_afterACutAndARestart_fetchesOnlyWhatIsMissing() {
    try (Embedded at = volume()) {
      AtomicInteger left = new AtomicInteger(1);
      Remote failing = failing(at.remote, left);
      ReplicaOptions options =
          roomy(ReplicaOptions.inMemory(failing, at.volume, at.concurrency, at.ids).on(folder));
      long whole;
      try (Replica replica = Replica.open(roomy(at.options()))) {
        whole = replica.hydrate(Progress.NONE).bytesFetched();
      }
      long cutAt;
      try (Replica replica = Replica.open(options)) {
        assertThatThrownBy(() -> replica.hydrate(Progress.NONE))
            .isInstanceOf(GraftException.Unavailable.class);
        assertThat(left.get()).isNegative();
      }
      left.set(Integer.MAX_VALUE);
      Counts before = at.remote.counts();
      try (Replica replica = Replica.open(options)) {
        Hydrated rest = replica.hydrate(Progress.NONE);
        cutAt = rest.bytesHere();
        assertThat(cutAt).isGreaterThan(whole / 20);
        assertThat(rest.bytesHere() + rest.bytesFetched()).isEqualTo(whole);
        assertThat(at.remote.counts().minus(before).bytesIn())
            .isLessThan(whole - cutAt + (1 << 20));
        before = at.remote.counts();
        try (Snapshot snapshot = replica.snapshot()) {
          assertThat(Pages.read(snapshot, 70_000)).isEqualTo(expected(70_000));
        }
        assertThat(at.remote.counts().minus(before).requests()).isZero();
      }
    }
  }

  /** Fails every large range read after some. */
  private static Remote failing(Remote target, AtomicInteger left) {
    return (Remote)
        Proxy.newProxyInstance(
            HydrateTest.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("readRange")
                  && (int) arguments[2] > 1 << 20
                  && left.getAndDecrement() <= 0) {
                throw new GraftException.Unavailable("the network is gone");
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void prefetch_pagesFarApart_readsEachPlaceOnceAndNeighboursTogether() {
    try (Embedded at = volume();
        Replica replica = Replica.open(roomy(at.options()));
        Snapshot snapshot = replica.snapshot()) {
      Pages.read(snapshot, 16);
      Pages.read(snapshot, 70_000);
      Counts before = at.remote.counts();
      PageSet wanted =
          PageSet.builder()
              .addRange(10_000, 11_000)
              .addRange(40_000, 40_100)
              .addRange(100_000, 100_500)
              .build();
      snapshot.prefetch(wanted);
      wanted.forEach(page -> assertThat(Pages.read(snapshot, page)).isEqualTo(expected(page)));
      Counts cost = at.remote.counts().minus(before);
      assertThat(cost.reads()).isEqualTo(3);
      snapshot.prefetch(wanted);
      assertThat(snapshot.hydrate(wanted, Progress.NONE).bytesFetched()).isZero();
      assertThat(at.remote.counts().minus(before).reads()).isEqualTo(3);
    }
  }

  @Test
  void hydrate_ofMoreThanTheCacheHolds_isRefusedBeforeAnyRead() {
    try (Embedded at = volume();
        Replica replica =
            Replica.open(
                at.options()
                    .with(Prefetcher::none)
                    .with(ReplicaOptions.Limits.DEFAULT.withCacheBytes(64 << 20)));
        Snapshot snapshot = replica.snapshot()) {
      Pages.read(snapshot, 1);
      Counts before = at.remote.counts();
      assertThatThrownBy(() -> replica.hydrate(Progress.NONE))
          .isInstanceOf(GraftException.Limit.class)
          .hasMessageContaining("cache of 67108864 bytes")
          .hasMessageContaining("cacheBytes of ");
      assertThat(at.remote.counts().minus(before).reads()).isZero();
      snapshot.hydrate(PageSet.ofRange(1, 8_000), Progress.NONE);
      long fetched = at.remote.counts().reads();
      for (long page = 16; page <= 8_000; page += 16) {
        assertThat(Pages.read(snapshot, page)).isEqualTo(expected(page));
      }
      assertThat(at.remote.counts().reads()).isEqualTo(fetched);
    }
  }

  /** Range reads that wait for each other, so that as many as may be are under way. */
  private static final class Gathering {
    private static final int PATIENCE_SECONDS = 20;

    private final CountDownLatch together;
    private final AtomicLong bytes = new AtomicLong();
    final AtomicInteger met = new AtomicInteger();
    final AtomicLong mostBytes = new AtomicLong();
    volatile boolean on;

    Gathering(int reads) {
      together = new CountDownLatch(reads);
    }

    Remote over(Remote remote) {
      return (Remote)
          Proxy.newProxyInstance(
              HydrateTest.class.getClassLoader(),
              new Class<?>[] {Remote.class},
              (proxy, method, arguments) -> {
                boolean read = on && method.getName().equals("readRange");
                int length = read ? (int) arguments[2] : 0;
                if (read) {
                  mostBytes.accumulateAndGet(bytes.addAndGet(length), Math::max);
                  together.countDown();
                  if (together.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    met.incrementAndGet();
                  }
                }
                try {
                  return method.invoke(remote, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                } finally {
                  bytes.addAndGet(-length);
                }
              });
    }
  }

  @Test
  void hydrate_manySmallRanges_areAllUnderWayTogether() {
    int count = 40;
    PageSet.Builder places = PageSet.builder();
    for (int i = 1; i <= count; i++) {
      places.addRange(3_200L * i, 3_200L * i);
    }
    Gathering gathering = new Gathering(count);
    try (Embedded at = volume();
        Replica replica =
            Replica.open(
                roomy(
                    ReplicaOptions.inMemory(
                        gathering.over(at.remote), at.volume, at.concurrency, at.ids)));
        Snapshot snapshot = replica.snapshot()) {
      // The places of pages are known then: what is left to read is pages.
      for (long page : new long[] {16, 70_000, 139_984}) {
        Pages.read(snapshot, page);
      }
      gathering.on = true;
      assertThat(snapshot.hydrate(places.build(), Progress.NONE).reads()).isEqualTo(count);
      assertThat(gathering.met).hasValue(count);
    }
  }

  @Test
  void hydrate_largeRanges_areBoundedByTheirBytes() {
    Gathering gathering = new Gathering(8);
    try (Embedded at = volume(FULL_PAGES, 1, HydrateTest::noise);
        Replica replica =
            Replica.open(
                roomy(
                    ReplicaOptions.inMemory(
                        gathering.over(at.remote), at.volume, at.concurrency, at.ids)))) {
      try (Snapshot snapshot = replica.snapshot()) {
        Pages.read(snapshot, 16);
      }
      gathering.on = true;
      assertThat(replica.hydrate(Progress.NONE).bytesFetched())
          .isGreaterThan(MAX_BYTES_UNDER_WAY + (8 << 20));
      assertThat(gathering.met).hasValueGreaterThanOrEqualTo(8);
      assertThat(gathering.mostBytes).hasValueLessThanOrEqualTo(MAX_BYTES_UNDER_WAY);
    }
  }

  @Test
  void hydrate_ofAnObjectThatMoved_asksForTheMapAgain() {
    try (Embedded at = volume()) {
      AtomicInteger missing = new AtomicInteger(1);
      Remote moving =
          (Remote)
              Proxy.newProxyInstance(
                  HydrateTest.class.getClassLoader(),
                  new Class<?>[] {Remote.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("readRange")
                        && arguments[0] instanceof FrameOwner
                        && (int) arguments[2] > 1 << 20
                        && missing.getAndDecrement() > 0) {
                      return new RangeOutcome.Missing();
                    }
                    try {
                      return method.invoke(at.remote, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
      try (Replica replica =
          Replica.open(roomy(ReplicaOptions.inMemory(moving, at.volume, at.concurrency, at.ids)))) {
        Hydrated hydrated = replica.hydrate(Progress.NONE);
        assertThat(missing.get()).isNegative();
        assertThat(hydrated.bytesFetched()).isPositive();
        assertThat(replica.hydrate(Progress.NONE).bytesFetched()).isZero();
      }
    }
  }
}
