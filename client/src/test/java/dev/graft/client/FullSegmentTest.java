package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.prefetch.PrefetchBudget;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.UploadReceipt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions whose last frame fills its segment, or goes beyond what was meant for it. */
@Timeout(60)
final class FullSegmentTest {
  private static final PageSize SIZE = PageSize.DEFAULT;

  /** Short segments, two on their way at one time. */
  private static final ReplicaOptions.Limits LIMITS =
      new ReplicaOptions.Limits(2, 64 * SIZE.bytes(), 256 * 1024, 2, PrefetchBudget.NONE);

  /** Takes a while over an upload; of the first ones some fail. */
  private static final class Uploads extends PassingRemote {
    private final Concurrency concurrency;
    private final AtomicInteger failures = new AtomicInteger();
    private final Set<SegmentId> taken = ConcurrentHashMap.newKeySet();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    Uploads(Embedded at) {
      super(at.remote);
      concurrency = at.concurrency;
    }

    @Override
    public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
      sent.incrementAndGet();
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      try {
        concurrency.sleepUntil(concurrency.instant().plusMillis(30));
        if (failures.getAndDecrement() > 0) {
          throw new GraftException.Unavailable("no answer");
        }
        taken.add(segment);
        return super.upload(volume, segment, bytes);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        now.decrementAndGet();
      }
    }
  }

  private static void commitLocally(Replica replica, byte[][] contents) {
    try (Transaction transaction = replica.begin()) {
      for (int page = 0; page < contents.length; page++) {
        new SplittableRandom(page).nextBytes(contents[page]);
        Pages.write(transaction, page + 1, contents[page]);
      }
      assertThat(transaction.commit(CommitOptions.NONE.with(CommitOptions.Durability.LOCAL)))
          .isInstanceOf(CommitResult.Local.class);
    }
  }

  @Test
  void push_ofSeveralSegments_bringsTwoAtOneTimeAndTellsHowFarItIs() {
    try (var at = new Embedded(2, SIZE)) {
      Uploads remote = new Uploads(at);
      var options = ReplicaOptions.inMemory(remote, at.volume, at.concurrency, at.ids);
      try (Replica replica = Replica.open(options.with(LIMITS))) {
        byte[][] contents = new byte[320][SIZE.bytes()];
        commitLocally(replica, contents);
        List<Long> told = Collections.synchronizedList(new ArrayList<>());
        AtomicLong whole = new AtomicLong();
        Progress progress =
            (done, total) -> {
              told.add(done);
              whole.set(total);
            };
        assertThat(replica.push(new Policy.Reject(), progress))
            .isInstanceOf(PushResult.Pushed.class);
        assertThat(remote.sent).hasValueGreaterThan(3);
        assertThat(remote.most).hasValue(2);
        assertThat(whole.get()).isGreaterThan(320L * SIZE.bytes());
        assertThat(told).startsWith(0L).contains(whole.get()).hasSizeGreaterThan(remote.sent.get());
        assertThat(told.stream().max(Long::compare)).hasValue(whole.get());
      }
    }
  }

  @Test
  void push_someSegmentsFailed_bringsTheOthersNoSecondTime() {
    try (var at = new Embedded(3, SIZE)) {
      Uploads remote = new Uploads(at);
      var options = ReplicaOptions.inMemory(remote, at.volume, at.concurrency, at.ids);
      try (Replica replica = Replica.open(options.with(LIMITS))) {
        byte[][] contents = new byte[320][SIZE.bytes()];
        commitLocally(replica, contents);
        remote.failures.set(1);
        assertThatExceptionOfType(GraftException.Unavailable.class)
            .isThrownBy(() -> replica.push(new Policy.Reject(), Progress.NONE));
        assertThat(remote.taken).isNotEmpty();
        assertThat(replica.push(new Policy.Reject(), Progress.NONE))
            .isInstanceOf(PushResult.Pushed.class);
        assertThat(remote.taken).hasSizeGreaterThan(3);
        assertThat(remote.sent).hasValue(remote.taken.size() + 1);
      }
      try (Replica fresh = at.open();
          Snapshot now = fresh.snapshot()) {
        assertThat(now.pageCount().value()).isEqualTo(320);
      }
    }
  }

  @Test
  void commit_lastSegmentIsFull_endsWithIt() {
    var random = new SplittableRandom(1);
    try (var at = new Embedded(1, SIZE);
        Replica replica = Replica.open(at.options().with(LIMITS))) {
      // Bytes that cannot be compressed: segments grow beyond the length at which one ends.
      for (int pages = 32; pages <= 192; pages += 32) {
        byte[][] contents = new byte[pages][SIZE.bytes()];
        try (Transaction transaction = replica.begin()) {
          for (int page = 0; page < pages; page++) {
            random.nextBytes(contents[page]);
            Pages.write(transaction, page + 1, contents[page]);
          }
          assertThat(transaction.commit(CommitOptions.NONE))
              .as("%d pages", pages)
              .isInstanceOf(CommitResult.Committed.class);
        }
        try (Snapshot now = replica.snapshot()) {
          assertThat(Pages.read(now, pages)).isEqualTo(contents[pages - 1]);
        }
      }
    }
  }
}
