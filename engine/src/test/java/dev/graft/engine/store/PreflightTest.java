package dev.graft.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PreflightTest {
  private static final InstantSource CLOCK = InstantSource.system();

  private final Concurrency concurrency = new ThreadConcurrency(CLOCK);
  private final MemoryObjectStore memory = new MemoryObjectStore(CLOCK);

  private void check(ObjectStore store) throws InterruptedException {
    Preflight.check(store, concurrency, new RandomIdSource(new Random(1)));
  }

  private void assertRefused(ObjectStore store, String finding) {
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> check(store))
        .withMessageContaining(finding)
        .withMessageContaining("choose one with conditional writes");
  }

  @Test
  void check_twoWinners_isRefused() {
    var losers = new AtomicInteger();
    assertRefused(
        new PassingStore(memory) {
          @Override
          public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
            PutOutcome outcome = super.putIfAbsent(key, bytes, notAfter);
            boolean lost = outcome instanceof PutOutcome.AlreadyExists;
            return lost && losers.incrementAndGet() == 10 ? new PutOutcome.Created() : outcome;
          }
        },
        "2 of 8 racing writers of one key win");
    assertThat(memory.list("", "", 10)).as("keys left behind").isEmpty();
  }

  @Test
  void check_conditionIgnored_isRefused() {
    assertRefused(
        new PassingStore(memory) {
          @Override
          public synchronized PutOutcome putIfAbsent(
              ObjectKey key, byte[] bytes, Instant notAfter) {
            delete(key);
            return super.putIfAbsent(key, bytes, notAfter);
          }
        },
        "racing writers of one key win");
  }

  @Test
  void check_noWinner_isRefused() {
    assertRefused(
        new PassingStore(memory) {
          @Override
          public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
            super.putIfAbsent(key, bytes, notAfter);
            return new PutOutcome.AlreadyExists();
          }
        },
        "none of 8 racing writers");
  }

  @Test
  void check_loserOverwritesTheWinner_isRefused() {
    assertRefused(
        new PassingStore(memory) {
          @Override
          public synchronized PutOutcome putIfAbsent(
              ObjectKey key, byte[] bytes, Instant notAfter) {
            PutOutcome outcome = super.putIfAbsent(key, bytes, notAfter);
            if (outcome instanceof PutOutcome.AlreadyExists) {
              delete(key);
              super.putIfAbsent(key, bytes, notAfter);
            }
            return outcome;
          }
        },
        "other bytes than those of the writer that won");
  }

  @Test
  void check_staleReads_isRefused() {
    assertRefused(
        new PassingStore(memory) {
          @Override
          public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
            return new GetOutcome.Missing();
          }
        },
        "an object just written cannot be read");
  }

  @Test
  void check_lastMomentIgnored_isRefused() {
    assertRefused(
        new PassingStore(memory) {
          @Override
          public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
            return super.putIfAbsent(key, bytes, Instant.MAX);
          }
        },
        "landed after its last moment");
  }

  @Test
  void check_disorderedListing_isRefused() {
    assertRefused(
        new PassingStore(memory) {
          @Override
          public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
            return super.list(prefix, startAfter, maxKeys).reversed();
          }
        },
        "does not list keys in order");
  }

  @Test
  void check_disorderedListingThatSaysSo_passes() {
    assertThatCode(() ->
            check(
                new PassingStore(memory) {
                  @Override
                  public boolean listsInOrder() {
                    return false;
                  }

                  @Override
                  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
                    return super.list(prefix, startAfter, maxKeys).reversed();
                  }
                }))
        .doesNotThrowAnyException();
  }

  @Test
  void check_deleteWithoutEffect_isRefused() {
    assertRefused(
        new PassingStore(memory) {
          @Override
          public void delete(ObjectKey key) {}
        },
        "a deleted object can still be read");
  }

  @Test
  void check_lostAnswers_passes() {
    var random = new Random(3);
    assertThatCode(() ->
            check(
                new PassingStore(memory) {
                  @Override
                  public synchronized PutOutcome putIfAbsent(
                      ObjectKey key, byte[] bytes, Instant notAfter) {
                    if (random.nextInt(8) == 0) {
                      throw new GraftException.Unavailable("planned");
                    }
                    PutOutcome outcome = super.putIfAbsent(key, bytes, notAfter);
                    return random.nextInt(4) == 0 ? new PutOutcome.Unknown("planned") : outcome;
                  }
                }))
        .doesNotThrowAnyException();
  }

  @Test
  void check_storeDown_isUnavailable() {
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() ->
            check(
                new PassingStore(memory) {
                  @Override
                  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
                    throw new GraftException.Unavailable("planned");
                  }
                }));
  }
}
