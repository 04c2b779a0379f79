package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.fetch.HedgedReads;
import dev.graft.client.fetch.RangeSource;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.RangeOutcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Slow range reads that are asked again, on the simulator's clock. */
final class HedgedReadsTest {
  private static final FrameOwner OWNER =
      new FrameOwner.InSegment(new VolumeId(1, 2), new SegmentId(3, 4));
  private static final int READS = 1_000;
  private static final Duration USUAL = Duration.ofMillis(25);
  private static final Duration SLOW = Duration.ofSeconds(2);

  /** Every so manieth request is slow; of these every third may fail in the end. */
  private static final class SlowNowAndThen implements RangeSource {
    private final SimConcurrency concurrency;
    private final int every;
    private final boolean failing;
    private int requests;
    private int slow;

    SlowNowAndThen(SimConcurrency concurrency, int every, boolean failing) {
      this.concurrency = concurrency;
      this.every = every;
      this.failing = failing;
    }

    @Override
    public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
      requests++;
      boolean isSlow = requests % every == 0;
      concurrency.pause(isSlow ? SLOW : USUAL);
      if (isSlow) {
        slow++;
        if (failing) {
          throw new GraftException.Unavailable("slow, and then nothing");
        }
      }
      return new RangeOutcome.Found(new byte[] {(byte) offset});
    }
  }

  /** What a run came to. */
  private record Run(Duration time, int requests, int slow, long hedges, long won, Hash trace) {}

  private static Run run(long seed, int every, boolean failing, int percent, int length)
      throws Exception {
    SimConcurrency concurrency = new SimConcurrency(seed);
    SlowNowAndThen source = new SlowNowAndThen(concurrency, every, failing);
    HedgedReads reads = new HedgedReads(source, concurrency, percent);
    Duration time =
        concurrency.run(() -> {
          for (int i = 0; i < READS; i++) {
            RangeOutcome outcome = reads.readRange(OWNER, i, length);
            assertThat(outcome).isInstanceOf(RangeOutcome.Found.class);
            assertThat(((RangeOutcome.Found) outcome).bytes()[0]).isEqualTo((byte) i);
          }
          return concurrency.age();
        });
    return new Run(
        time, source.requests, source.slow, reads.hedges(), reads.won(), concurrency.traceHash());
  }

  @Test
  void readRange_oneOfFiftyIsSlow_isAskedAgainWithinTheShare() throws Exception {
    Run without = run(1, 50, false, 0, 1_000);
    Run with = run(1, 50, false, 5, 1_000);
    assertThat(without.slow).isEqualTo(READS / 50);
    assertThat(with.won).isGreaterThanOrEqualTo(15);
    assertThat(with.hedges).isLessThanOrEqualTo(READS / 20);
    assertThat(with.requests).isEqualTo((int) (READS + with.hedges));
    // A slow read costs the patience and one more round trip instead of two seconds.
    assertThat(with.time).isLessThan(without.time.dividedBy(2));
  }

  @Test
  void readRange_everySecondIsSlow_keepsToTheShare() throws Exception {
    Run with = run(2, 2, false, 5, 1_000);
    assertThat(with.hedges).isBetween(1L, READS / 20L);
  }

  @Test
  void readRange_slowOnesFail_theSecondAnswerCounts() throws Exception {
    // The first 64 reads are not hedged yet: the first slow one comes later.
    Run with = run(3, 90, true, 5, 1_000);
    assertThat(with.slow).isPositive();
    assertThat(with.won).isPositive();
  }

  @Test
  void readRange_large_isNeverAskedAgain() throws Exception {
    assertThat(run(4, 50, false, 5, 2 << 20).hedges).isZero();
  }

  @Test
  void readRange_sameSeed_isTheSameHistory() throws Exception {
    assertThat(run(5, 30, false, 5, 1_000)).isEqualTo(run(5, 30, false, 5, 1_000));
  }
}
