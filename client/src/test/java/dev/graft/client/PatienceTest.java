package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final Duration TRIP = Duration.ofMillis(10);

  /** A clock that jumps over sleeps. Nothing runs beside. */
  private static final class Sleeping implements Concurrency {
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public void sleepUntil(Instant instant) {
      now = instant.isAfter(now) ? instant : now;
    }

    @Override
    public <T> Task<T> fork(String name, Callable<T> body) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public <T> Promise<T> promise(String name) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public void awaitAll(Collection<? extends Task<?>> tasks) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> Task<T> awaitFirst(Collection<? extends Task<T>> tasks) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitUntil(Task<?> task, Instant deadline) {
      throw new UnsupportedOperationException();
    }
  }

  private final Sleeping clock = new Sleeping();
  private final RandomIdSource random = new RandomIdSource(new Random(5));
  private final VolumeId volume = random.newVolumeId();
  private final List<Lsn> asked = new ArrayList<>();
  private boolean isLogThere = true;
  private final Patience patience = new Patience(clock, random, this::page);

  /** A log of 17 writers who take turns, 20 ms apart. */
  private LogPage page(Lsn newest, int max) {
    asked.add(newest);
    if (!isLogThere) {
      throw new GraftException.Unavailable("no answer");
    }
    List<LogPage.Entry> entries = new ArrayList<>();
    for (long lsn = newest.value(); lsn > newest.value() - max; lsn--) {
      Instant time = Instant.EPOCH.plusMillis(20 * lsn);
      Lsn snapshot = new Lsn(lsn - 17);
      entries.add(new LogPage.Entry(position(lsn), time, snapshot, new PageCount(1), 1, List.of()));
    }
    return new LogPage(position(newest.value()), Lsn.ZERO, entries);
  }

  private static Position position(long lsn) {
    return new Position(new Lsn(lsn), Hash.sha256(new byte[] {(byte) lsn}));
  }

  /** An attempt on one commit that others were faster than. */
  private void lose(long base, long head) {
    Root nothing = Root.ofCount(new PageCount(1), new PageCount(1));
    Graft graft =
        new Graft(
            volume,
            new PageSize(4096),
            position(base),
            position(head),
            clock.now,
            position(head),
            nothing,
            List.of(),
            clock.now);
    patience.timed(() -> {
      clock.now = clock.now.plus(TRIP);
      return graft;
    });
    patience.lost(graft, position(base));
  }

  private Duration slept(Runnable wait) {
    Instant before = clock.now;
    wait.run();
    return Duration.between(before, clock.now);
  }

  @Test
  void giveWay_nobodyElseSeen_isNoWait() {
    assertThat(slept(() -> assertThat(patience.giveWay(0)).isFalse())).isZero();
  }

  @Test
  void giveWay_onlyEverWon_makesRoomOnceAfterABurst() {
    lose(1, 2);
    clock.now = clock.now.plus(Duration.ofMinutes(1));
    for (int i = 0; i < 8; i++) {
      assertThat(slept(() -> patience.giveWay(0))).isZero();
      patience.won();
    }
    assertThat(slept(() -> assertThat(patience.giveWay(0)).isFalse()))
        .isEqualTo(TRIP.multipliedBy(4));
    assertThat(slept(() -> patience.giveWay(0))).isZero();
  }

  @Test
  void await_earlyOne_waitsForAboutTheCommitsThatOthersLetPass() {
    lose(100, 120);
    patience.learn(new Lsn(120));
    assertThat(patience.isEarly(0)).isTrue();
    // Of the 16 that others let pass a quarter counts for nothing: 12 commits, 20 ms apart, or up
    // to
    // half of it less.
    assertThat(slept(() -> assertThat(patience.giveWay(0)).isTrue()))
        .isBetween(Duration.ofMillis(120), Duration.ofMillis(240));
    assertThat(patience.isEarly(11)).isTrue();
    assertThat(slept(() -> patience.await(8)))
        .isBetween(Duration.ofMillis(40), Duration.ofMillis(80));
  }

  @Test
  void giveWay_hasLetAsManyPassAsOthers_goesAtOnce() {
    lose(100, 120);
    patience.learn(new Lsn(120));
    assertThat(patience.isEarly(12)).isFalse();
    assertThat(slept(() -> assertThat(patience.giveWay(12)).isTrue())).isZero();
  }

  @Test
  void pause_notEarly_isARandomPartOfAFewTripsAndOfFewerForWhoIsLate() {
    lose(100, 120);
    patience.learn(new Lsn(120));
    for (int tries = 1; tries < 40; tries++) {
      int lost = tries;
      Duration most = TRIP.multipliedBy(1L << Math.min(tries, 3));
      assertThat(slept(() -> patience.pause(lost, 16))).isLessThan(most);
      assertThat(slept(() -> patience.pause(lost, 64))).isLessThan(most.dividedBy(4));
    }
  }

  @Test
  void pause_early_waitsForItsTurn() {
    lose(100, 120);
    patience.learn(new Lsn(120));
    assertThat(slept(() -> patience.pause(1, 0)))
        .isBetween(Duration.ofMillis(120), Duration.ofMillis(240));
  }

  @Test
  void learn_logAskedNotLongAgo_asksAgainWhenAllOthersHaveCommitted() {
    lose(100, 120);
    patience.learn(new Lsn(120));
    patience.learn(new Lsn(135));
    assertThat(asked).containsExactly(new Lsn(120));
    patience.learn(new Lsn(136));
    assertThat(asked).containsExactly(new Lsn(120), new Lsn(136));
  }

  @Test
  void learn_logCannotBeAsked_goesOnWithWhatWasGuessed() {
    isLogThere = false;
    lose(100, 120);
    patience.learn(new Lsn(120));
    assertThat(asked).hasSize(1);
    assertThat(patience.isEarly(5)).isTrue();
    assertThat(patience.isEarly(20)).isFalse();
  }

  @Test
  void pause_lostAThousandTimes_endsIt() {
    @Nullable GraftException end = null;
    try {
      patience.pause(1000);
    } catch (GraftException.Unavailable e) {
      end = e;
    }
    assertThat(end).hasMessageContaining("1000 times in a row");
  }
}
