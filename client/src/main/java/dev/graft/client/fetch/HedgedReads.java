package dev.graft.client.fetch;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.remote.RangeOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Range reads of which a slow one is asked again: when it has taken longer than 95 of 100 of the
 * latest, a second one like it is sent, and the first answer counts. Page bytes are immutable, so
 * either answer is right. The second reads are held to a share of all. Safe for use by many
 * threads.
 */
public final class HedgedReads implements RangeSource {
  /** Larger reads take as long as their bytes, which a second read would only make more of. */
  static final int MAX_BYTES = 1 << 20;

  /** No read counts as slow before so long. */
  static final Duration SOONEST = Duration.ofMillis(40);

  private final RangeSource target;
  private final Concurrency concurrency;
  private final int sharePercent;
  private final ReadTimes times = new ReadTimes();

  /** Guarded by this, as all below. */
  private long reads;

  private long hedges;
  private long won;

  /**
   * @param concurrency whose clock and tasks count
   * @param sharePercent the most second reads, of all small ones; 0 for none
   */
  public HedgedReads(RangeSource target, Concurrency concurrency, int sharePercent) {
    this.target = target;
    this.concurrency = concurrency;
    this.sharePercent = sharePercent;
  }

  @Override
  public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    if (sharePercent == 0 || length > MAX_BYTES) {
      return target.readRange(owner, offset, length);
    }
    synchronized (this) {
      reads++;
    }
    Instant began = concurrency.instant();
    Duration usual = times.p95();
    RangeOutcome outcome =
        usual.isNegative()
            ? target.readRange(owner, offset, length)
            : hedged(owner, offset, length, began, usual);
    times.add(Duration.between(began, concurrency.instant()));
    return outcome;
  }

  private RangeOutcome hedged(
      FrameOwner owner, long offset, int length, Instant began, Duration usual) {
    Duration patience = usual.compareTo(SOONEST) < 0 ? SOONEST : usual;
    Task<RangeOutcome> first =
        concurrency.fork("range read", () -> target.readRange(owner, offset, length));
    try {
      if (concurrency.awaitUntil(first, began.plus(patience)) || !mayHedge()) {
        return Waits.result(concurrency, first);
      }
      Task<RangeOutcome> second =
          concurrency.fork("hedged read", () -> target.readRange(owner, offset, length));
      Task<RangeOutcome> ended = concurrency.awaitFirst(List.of(first, second));
      return result(ended, first, second);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("the read was interrupted", e);
    }
  }

  /** The answer of the one that has ended; when that failed, of the other. */
  private RangeOutcome result(
      Task<RangeOutcome> ended, Task<RangeOutcome> first, Task<RangeOutcome> second) {
    Task<RangeOutcome> other = ended == first ? second : first;
    RangeOutcome outcome;
    try {
      outcome = Waits.result(concurrency, ended);
    } catch (GraftException e) {
      outcome = Waits.result(concurrency, other);
      ended = other;
    }
    if (ended == second) {
      synchronized (this) {
        won++;
      }
    }
    return outcome;
  }

  private synchronized boolean mayHedge() {
    if ((hedges + 1) * 100 > reads * sharePercent) {
      return false;
    }
    hedges++;
    return true;
  }

  /** Second reads that were sent. */
  public synchronized long hedges() {
    return hedges;
  }

  /** Second reads that were faster than the first. */
  public synchronized long won() {
    return won;
  }
}
