package dev.graft.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.concurrency.Task;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CountingObjectStoreTest extends ObjectStoreContract {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final ObjectKey A = new ObjectKey("a");

  @Override
  protected void run(Scenario scenario) throws Exception {
    scenario.play(
        new CountingObjectStore(new MemoryObjectStore(CLOCK)), new ThreadConcurrency(CLOCK));
  }

  @Test
  void snapshot_requestsOfAllKinds_countsThem() {
    var store = new CountingObjectStore(new MemoryObjectStore(CLOCK));
    store.putIfAbsent(A, new byte[10], Instant.MAX);
    store.putIfAbsent(A, new byte[7], Instant.MAX);
    store.get(A, 4, 100);
    store.get(new ObjectKey("missing"), 0, 100);
    store.list("", "", 1);
    Counts before = store.snapshot();
    assertThat(before).isEqualTo(new Counts(2, 1, 2, 0, 6, 17, 5));
    assertThat(before.reads()).isEqualTo(3);
    store.delete(A);
    assertThat(store.snapshot().minus(before)).isEqualTo(new Counts(0, 0, 0, 1, 0, 0, 1));
    assertThat(store.snapshot().writes()).isEqualTo(3);
    store.reset();
    assertThat(store.snapshot()).isEqualTo(Counts.ZERO);
  }

  @Test
  void snapshot_failedRequest_countsIt() {
    var store = new CountingObjectStore(new MemoryObjectStore(CLOCK));
    assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(() -> store.list("", "", 0));
    assertThat(store.snapshot()).isEqualTo(new Counts(0, 1, 0, 0, 0, 0, 1));
  }

  @Test
  void rounds_requestsTogether_areOneRound() throws Exception {
    int width = 4;
    int depth = 3;
    var barrier = new CyclicBarrier(width);
    var meeting =
        new PassingStore(new MemoryObjectStore(CLOCK)) {
          @Override
          public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
            meet(barrier);
            return super.get(key, offset, maxBytes);
          }
        };
    var store = new CountingObjectStore(meeting);
    var threads = new ThreadConcurrency(CLOCK);
    for (int round = 0; round < depth; round++) {
      List<Task<GetOutcome>> gets = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        gets.add(threads.fork("get", () -> store.get(A, 0, 1)));
      }
      threads.awaitAll(gets);
    }
    assertThat(store.snapshot().gets()).isEqualTo(12);
    assertThat(store.snapshot().rounds()).isEqualTo(depth);
  }

  @Test
  void rounds_longRequestBesideAChain_isTheChain() throws Exception {
    var barrier = new CyclicBarrier(2);
    ObjectKey slow = new ObjectKey("slow");
    var meeting =
        new PassingStore(new MemoryObjectStore(CLOCK)) {
          @Override
          public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
            if (key.equals(slow)) {
              meet(barrier);
              meet(barrier);
            }
            return super.get(key, offset, maxBytes);
          }
        };
    var store = new CountingObjectStore(meeting);
    var threads = new ThreadConcurrency(CLOCK);
    Task<GetOutcome> beside = threads.fork("slow", () -> store.get(slow, 0, 1));
    meet(barrier);
    for (int i = 0; i < 5; i++) {
      store.get(A, 0, 1);
    }
    meet(barrier);
    threads.awaitAll(List.of(beside));
    assertThat(store.snapshot().rounds()).isEqualTo(5);
    store.get(A, 0, 1);
    assertThat(store.snapshot().rounds()).isEqualTo(6);
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
