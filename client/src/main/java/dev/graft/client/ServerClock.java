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
  private volatile Duration ahead = Duration.ZERO;
  private volatile boolean told;

  /** Shows local time until an answer tells better. */
  public ServerClock(InstantSource local) {
    this.local = local;
  }

  /** Takes the time that an answer told. */
  public void told(Instant serverTime) {
    ahead = Duration.between(local.instant(), serverTime);
    told = true;
  }

  /** Whether any answer has told the time. */
  public boolean isTold() {
    return told;
  }

  @Override
  public Instant instant() {
    return local.instant().plus(ahead);
  }
}
