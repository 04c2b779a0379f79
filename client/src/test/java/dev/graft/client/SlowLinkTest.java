package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.UploadReceipt;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large pushes over a link of 2 MB/s in virtual time, cut and resumed. */
@Timeout(60)
final class SlowLinkTest {
  private static final PageSize SIZE = PageSize.DEFAULT;
  private static final long BYTES_A_SECOND = 2_000_000;
  private static final int SEGMENT_BYTES = 4 << 20;
  private static final int PARALLEL = 2;

  @TempDir Path folder;

  private final VirtualTime now = new VirtualTime();
  private final Concurrency concurrency = new ThreadConcurrency(now::get);
  private final IdSource ids = new RandomIdSource(new Random(5));
  private final MemoryObjectStore store = new MemoryObjectStore(concurrency);
  private final Remote engine =
      RemoteUnderTest.chosen().over(store, concurrency, ids, new Random(5));
  private final VolumeId volume = ids.newVolumeId();
  private final SlowLink link = new SlowLink();

  /** Moves when bytes do, or when a test says so. */
  private static final class VirtualTime {
    private volatile Instant instant = Instant.parse("2026-11-21T12:00:00Z");

    Instant get() {
      return instant;
    }

    void set(Instant to) {
      instant = to;
    }
  }

  @AfterEach
  void close() {
    engine.close();
  }

  /** Bytes take their time, one after the other; some do not arrive. */
  private final class SlowLink extends PassingRemote {
    final Map<SegmentId, Integer> sent = new ConcurrentHashMap<>();
    long bytes;
    Instant cutAt = Instant.MAX;

    SlowLink() {
      super(engine);
    }

    @Override
    public synchronized UploadReceipt upload(VolumeId of, SegmentId segment, byte[] content) {
      sent.merge(segment, 1, Integer::sum);
      bytes += content.length;
      Instant end =
          now.get().plus(Duration.ofNanos(content.length * 1_000_000_000L / BYTES_A_SECOND));
      now.set(end);
      if (end.isAfter(cutAt)) {
        throw new GraftException.Unavailable("planned: the link is cut");
      }
      return super.upload(of, segment, content);
    }
  }

  private Replica open() {
    ReplicaOptions.Limits usual = ReplicaOptions.Limits.DEFAULT;
    return Replica.open(
        ReplicaOptions.inMemory(link, volume, concurrency, ids)
            .on(folder)
            .with(
                new ReplicaOptions.Limits(
                    4, usual.stagedBytes(), SEGMENT_BYTES, PARALLEL, usual.guesses())));
  }

  private static byte[] page(int idx) {
    byte[] page = new byte[SIZE.bytes()];
    new SplittableRandom(idx).nextBytes(page);
    return page;
  }

  private static void fill(Replica replica, int pages) {
    try (Transaction transaction = replica.begin()) {
      for (int idx = 1; idx <= pages; idx++) {
        transaction.write(idx, MemorySegment.ofArray(page(idx)), 0);
      }
      CommitOptions how = CommitOptions.NONE.with(Durability.LOCAL);
      assertThat(transaction.commit(how)).isInstanceOf(CommitResult.Local.class);
    }
  }

  private void assertInStore(int pages) {
    try (Replica fresh = Replica.open(ReplicaOptions.inMemory(engine, volume, concurrency, ids));
        Snapshot snapshot = fresh.snapshot()) {
      for (int idx = 1; idx <= pages; idx += 97) {
        assertThat(Pages.read(snapshot, idx)).as("page " + idx).isEqualTo(page(idx));
      }
    }
  }

  private long sentTwice() {
    return link.sent.values().stream().filter(times -> times > 1).count();
  }

  @Test
  void push_hundredMegabytesCutInTheMiddle_resumesBySegment() {
    engine.createVolume(new CreateVolume(volume, SIZE));
    int pages = 100_000_000 / SIZE.bytes();
    Instant begin = now.get();
    try (Replica replica = open()) {
      fill(replica, pages);
      link.cutAt = now.get().plusSeconds(30);
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .isThrownBy(() -> replica.push(new Policy.Reject()));
    }
    link.cutAt = Instant.MAX;
    long[] told = new long[2];
    try (Replica again = open()) {
      assertThat(
              again.push(
                  new Policy.Reject(),
                  (done, total) -> {
                    assertThat(done).isBetween(0L, total);
                    told[0] = done;
                    told[1] = total;
                  }))
          .isInstanceOf(PushResult.Pushed.class);
    }
    System.out.println(
        "100 MB over 2 MB/s, cut at 30 s: "
            + link.bytes
            + " bytes sent of "
            + told[1]
            + ", segments sent twice: "
            + sentTwice()
            + ", virtual time "
            + Duration.between(begin, now.get()));
    assertThat(told[1]).isGreaterThan(100_000_000L);
    assertThat(sentTwice()).isBetween(1L, (long) PARALLEL);
    assertThat(link.bytes - told[1]).isLessThanOrEqualTo((long) PARALLEL * SEGMENT_BYTES);
    assertInStore(pages);
  }

  @Test
  void push_resumedAfterHalfAnHour_keepsWhatIsInTheStoreAndGivesTheRestNewIds() {
    engine.createVolume(new CreateVolume(volume, SIZE));
    int pages = 4000;
    try (Replica replica = open()) {
      fill(replica, pages);
      link.cutAt = now.get().plusSeconds(4);
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .isThrownBy(() -> replica.push(new Policy.Reject()));
    }
    long before = link.sent.size();
    assertThat(before).isPositive();
    now.set(now.get().plus(Duration.ofMinutes(30)));
    link.cutAt = Instant.MAX;
    try (Replica again = open()) {
      assertThat(again.push(new Policy.Reject())).isInstanceOf(PushResult.Pushed.class);
    }
    assertThat(sentTwice()).isZero();
    // One was in the store; the one that was cut and those that had not begun have new ids.
    assertThat(link.bytes).isLessThan((long) pages * SIZE.bytes() + 3L * SEGMENT_BYTES);
    assertInStore(pages);
  }

  @Test
  void push_resumedAfterTwoDays_bringsAllUnderNewIds() {
    engine.createVolume(new CreateVolume(volume, SIZE));
    int pages = 2500;
    try (Replica replica = open()) {
      fill(replica, pages);
      link.cutAt = now.get().plusSeconds(4);
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .isThrownBy(() -> replica.push(new Policy.Reject()));
    }
    int first = link.sent.size();
    now.set(now.get().plus(Duration.ofDays(2)));
    link.cutAt = Instant.MAX;
    try (Replica again = open()) {
      assertThat(again.push(new Policy.Reject())).isInstanceOf(PushResult.Pushed.class);
      try (Snapshot snapshot = again.snapshot()) {
        assertThat(Pages.read(snapshot, 7)).isEqualTo(page(7));
      }
    }
    assertThat(link.sent.size()).isGreaterThanOrEqualTo(first + 3);
    assertInStore(pages);
  }
}
