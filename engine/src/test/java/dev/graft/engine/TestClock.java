package dev.graft.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test sets. */
final class TestClock implements InstantSource {
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");

  @Override
  public synchronized Instant instant() {
    return now;
  }

  synchronized void advance(Duration time) {
    now = now.plus(time);
  }

  synchronized void advanceTo(Instant time) {
    now = time.isAfter(now) ? time : now;
  }
}
