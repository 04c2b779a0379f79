package dev.graft.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time of the other side, as far as answers told it: segment ids carry that time, and a local
 * clock may be wrong. Safe for use by many threads.
 */
public final class ServerClock implements InstantSource {
  /**
   * An answer that may be older than this, because nobody looked at the local clock for so long
   * before it came, is not relied on: this process, or whoever answered, may have stood still.
   */
  private static final Duration OLDEST = Duration.ofMinutes(5);

  private final InstantSource local;

  /** The local clock at the last look, and the other side's time then; guarded by this. */
  private Instant seen;

  private Instant there;
  private volatile boolean told;

  /** Shows local time until an answer tells better. */
  public ServerClock(InstantSource local) {
    this.local = local;
    this.seen = local.instant();
    this.there = seen;
  }

  /** Takes the time that an answer told. */
  public synchronized void told(Instant serverTime) {
    Instant now = local.instant();
    told = now.isBefore(seen.plus(OLDEST));
    seen = now;
    there = serverTime;
  }

  /** Whether the last answer that told the time can be relied on; before the first it cannot. */
  public boolean isTold() {
    return told;
  }

  /** A local clock that is set back stands still here, until it goes on or an answer tells more. */
  @Override
  public synchronized Instant instant() {
    Instant now = local.instant();
    if (now.isAfter(seen)) {
      there = there.plus(Duration.between(seen, now));
    }
    seen = now;
    return there;
  }
}
