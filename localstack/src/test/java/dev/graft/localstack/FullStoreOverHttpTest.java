package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.Transaction;
import dev.graft.client.http.HttpRemote;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.VolumeId;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store without room: clients tell it soon, ask no more, and lose nothing. */
@Timeout(60)
class FullStoreOverHttpTest {
  private static final int LARGE_PAGES = 300;

  private final AtomicBoolean isFull = new AtomicBoolean();
  private final AtomicInteger refused = new AtomicInteger();
  private final Random random = new Random(20261126L);

  private final class Bounded extends PassingStore {
    Bounded(ObjectStore store) {
      super(store);
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
      if (isFull.get()) {
        refused.incrementAndGet();
        throw new GraftException.Limit("cannot write: the disk of the folder /srv/data is full");
      }
      return store.putIfAbsent(key, bytes, notAfter);
    }
  }

  @Test
  void commit_isToldAtOnce_andTheSameOneLandsWhenThereIsRoom() {
    try (HttpStage stage = new HttpStage(Bounded::new, options -> options)) {
      HttpRemote remote = stage.remote();
      VolumeId volume = stage.create(remote);
      Replica replica = stage.open(remote, volume);
      try (Transaction transaction = replica.begin()) {
        transaction.write(1, MemorySegment.ofArray(HttpStage.page(7)), 0);
        isFull.set(true);
        assertThatExceptionOfType(GraftException.Unavailable.class)
            .isThrownBy(() -> transaction.commit(CommitOptions.NONE))
            .withMessageContaining("the store has no room left")
            .satisfies(e -> assertThat(e.getMessage()).doesNotContain("/srv"));
        assertThat(refused.get()).isEqualTo(1);
        assertThat(remote.counts().repeats()).isZero();
        isFull.set(false);
        assertThat(transaction.commit(CommitOptions.NONE))
            .isInstanceOf(CommitResult.Committed.class);
      }
      assertThat(remote.log(volume, null, 10).commits()).hasSize(1);
    }
  }

  @Test
  void segment_isToldAtOnce_smallOrLarge() {
    try (HttpStage stage = new HttpStage(Bounded::new, options -> options)) {
      HttpRemote remote = stage.remote();
      VolumeId volume = stage.create(remote);
      Segment small = segment(stage, volume, 1);
      Segment large = segment(stage, volume, LARGE_PAGES);
      isFull.set(true);
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .isThrownBy(() -> remote.upload(volume, small.id(), small.bytes()))
          .withMessageContaining("the store has no room left");
      assertThatExceptionOfType(GraftException.Limit.class)
          .isThrownBy(() -> remote.upload(volume, large.id(), large.bytes()))
          .withMessageContaining("the store has no room left for segment " + large.id());
      assertThat(refused.get()).isEqualTo(2);
      assertThat(remote.counts().repeats()).isZero();
      isFull.set(false);
      remote.upload(volume, small.id(), small.bytes());
      remote.upload(volume, large.id(), large.bytes());
    }
  }

  private Segment segment(HttpStage stage, VolumeId volume, int pages) {
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer =
          new SegmentWriter(
              volume, stage.ids.newSegmentId(stage.concurrency.instant()), HttpStage.SIZE, encoder);
      for (int page = 1; page <= pages; page++) {
        byte[] raw = new byte[HttpStage.SIZE.bytes()];
        random.nextBytes(raw);
        writer.addPages(false, PageRuns.of(page, 1), raw, 0, raw.length);
      }
      return writer.finish();
    }
  }
}
