package dev.graft.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time of the other side, as far as answers told it: segment ids carry that time, and a local
 * clock may be wrong. Safe for use by many threads.
 */
public final class ServerClock implements InstantSource {
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
    seen = local.instant();
    there = serverTime;
    told = true;
  }

  /** Whether any answer has told the time. */
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
