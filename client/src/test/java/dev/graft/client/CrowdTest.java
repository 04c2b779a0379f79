package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.remote.LogPage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CrowdTest {
  private static final Duration OTHERWISE = Duration.ofMillis(50);

  private final List<LogPage.Entry> log = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");

  private void commit(long snapshot, Duration after) {
    now = now.plus(after);
    Position position = new Position(new Lsn(log.size() + 1), Hash.sha256(new byte[0]));
    log.add(new LogPage.Entry(position, now, new Lsn(snapshot), new PageCount(1), 1, List.of()));
  }

  private Crowd crowd(int newest) {
    return Crowd.of(
        log.subList(Math.max(0, log.size() - newest), log.size()).reversed(), OTHERWISE);
  }

  /** Writers that win with these weights, each reading its own last commit. */
  private void race(int commits, double... weights) {
    Random random = new Random(17);
    long[] last = new long[weights.length];
    for (int i = 0; i < commits; i++) {
      double at = random.nextDouble();
      int writer = 0;
      while (writer < weights.length - 1 && at >= weights[writer]) {
        at -= weights[writer];
        writer++;
      }
      commit(last[writer], Duration.ofMillis(20));
      last[writer] = log.size();
    }
  }

  @Test
  void of_writersInTurn_tellsAllButOneAndTheTimeBetween() {
    for (int i = 0; i < 60; i++) {
      commit(Math.max(0, i - 5), Duration.ofMillis(20));
    }
    Crowd crowd = crowd(32);
    assertThat(crowd.waits()).isEqualTo(5);
    assertThat(crowd.interval()).isEqualTo(Duration.ofMillis(20));
    assertThat(crowd.at()).isEqualTo(new Lsn(60));
    assertThat(crowd.isGuess()).isFalse();
  }

  @Test
  void of_oneWhoWinsMostly_stillTellsHowManyThereAre() {
    race(2000, 0.7, 0.06, 0.06, 0.06, 0.06, 0.06);
    // Over many commits, for one page is not enough to see the rare ones.
    assertThat(crowd(2000).waits()).isEqualTo(5);
  }

  @Test
  void of_oldSnapshot_countsForNoMoreThanTheMost() {
    for (int i = 0; i < 200; i++) {
      commit(i, Duration.ofMillis(20));
    }
    commit(0, Duration.ofMillis(20));
    assertThat(crowd(1).waits()).isEqualTo(Crowd.MAX_WAITS);
    assertThat(crowd(32).waits()).isEqualTo(2);
  }

  @Test
  void of_commitsFarApart_looksAtTheNewestAlone() {
    for (int i = 0; i < 10; i++) {
      commit(0, Duration.ofMillis(20));
    }
    commit(10, Duration.ofMinutes(1));
    assertThat(crowd(32)).isEqualTo(new Crowd(1, OTHERWISE, new Lsn(11)));
  }
}
