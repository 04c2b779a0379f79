package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class CoverTest {
  private static final Hash HASH = Hash.sha256(new byte[0]);
  private static final VolumeId VOLUME = new VolumeId(1, 2);

  private final Rounds rounds = new Rounds(new ThreadConcurrency(InstantSource.system()));
  private final Set<Block> read = ConcurrentHashMap.newKeySet();

  @Test
  void read_allRollupsThere_readsEachBlockOnce() {
    Cover.Found found = cover(block -> true, 256, 0, 1_000);
    assertThat(last(found)).isEqualTo(1_000);
    assertThat(read).hasSize(Block.cover(Lsn.ZERO, new Lsn(1_000)).size());
    assertThat(found.missing()).isEmpty();
  }

  @Test
  void read_anyRange_neverLooksAtABlockThatEndsAfterIt() {
    cover(block -> block.level() == 0, 256, 5, 2_047);
    assertThat(read)
        .allSatisfy(block -> assertThat(block.last().value()).isLessThanOrEqualTo(2_047));
  }

  @Test
  void read_rollupMissing_takesTheNextFinerOnes() {
    Cover.Found found = cover(block -> !block.equals(new Block(2, 0)), 256, 0, 1_024);
    assertThat(last(found)).isEqualTo(1_024);
    assertThat(read).hasSize(33);
    assertThat(found.missing()).containsExactly(new Block(2, 0));
  }

  @Test
  void read_noRollupAtAll_gainsGroundWithinTheReads() {
    long since = 0;
    int calls = 0;
    while (since < 3_000) {
      read.clear();
      Cover.Found found = cover(block -> block.level() == 0, 256, since, 3_000);
      assertThat(read.size()).isLessThanOrEqualTo(256);
      assertThat(last(found)).isGreaterThan(since);
      since = last(found);
      calls++;
    }
    assertThat(calls).isLessThan(40);
  }

  @Test
  void read_reachOfManyLevelsAndNoRollup_stillGainsGround() {
    long upto = 40L << 30;
    Cover.Found found = cover(block -> block.level() == 0, 256, 31, upto + 33);
    assertThat(last(found)).isGreaterThan(31);
    assertThat(read.size()).isLessThanOrEqualTo(256);
  }

  @Test
  void read_timeIsOverAtOnce_stillGainsGround() {
    Budget budget = new Budget(rounds, Instant.EPOCH, 256);
    Cover.Found found =
        new Cover(VOLUME, rounds, block -> part(block), budget).read(Lsn.ZERO, new Lsn(100));
    assertThat(last(found)).isEqualTo(32);
  }

  @Test
  void read_commitMissing_saysWhich() {
    assertThatThrownBy(() -> cover(block -> block.last().value() != 3, 256, 0, 5))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("(commit 3) is missing");
  }

  private Cover.Found cover(Predicate<Block> there, int reads, long since, long upto) {
    Budget budget = new Budget(rounds, rounds.now().plus(Duration.ofHours(1)), reads);
    Cover.Source source =
        block -> {
          read.add(block);
          return there.test(block) ? part(block) : Optional.empty();
        };
    return new Cover(VOLUME, rounds, source, budget).read(new Lsn(since), new Lsn(upto));
  }

  @SuppressWarnings("NullAway") // the roots are not looked at here
  private static Optional<Part> part(Block block) {
    Position last = new Position(block.last(), HASH);
    return Optional.of(new Part(last, Instant.EPOCH, last, Instant.EPOCH, null));
  }

  private static long last(Cover.Found found) {
    return found.parts().getLast().last().lsn().value();
  }
}
