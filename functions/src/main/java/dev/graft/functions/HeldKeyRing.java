package dev.graft.functions;

import dev.graft.auth.KeyRing;
import dev.graft.protocol.error.GraftException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The key ring as a process holds it: read again every five minutes, so that a rotation and a
 * removed key reach processes that live long. When it cannot be read the one that is held counts
 * for an hour, and is asked for again every half minute; then nothing is admitted. Safe for use by
 * many threads: one reads, others go on with what is held.
 */
final class HeldKeyRing implements Supplier<KeyRing> {
  /** How old a ring may be before it is read again. */
  static final Duration YOUNG = Duration.ofMinutes(5);

  /** How long a ring counts that cannot be read again. */
  static final Duration LONGEST = Duration.ofHours(1);

  /** How long after a failure the next try is made. */
  static final Duration AGAIN = Duration.ofSeconds(30);

  private final Supplier<KeyRing> place;
  private final InstantSource clock;
  private final Consumer<String> lines;

  /** Guarded by this. */
  private @Nullable Held held;

  /**
   * A ring.
   *
   * @param readAt when the reading began
   * @param next when it is read again
   */
  private record Held(KeyRing ring, Instant readAt, Instant next) {
    boolean counts(Instant now) {
      // A clock that was set back makes nothing young.
      return !now.isBefore(readAt) && now.isBefore(readAt.plus(LONGEST));
    }
  }

  /**
   * Reads the ring for the first time.
   *
   * @param lines is told what went wrong while an older ring was at hand
   * @throws GraftException when it cannot be had
   */
  HeldKeyRing(Supplier<KeyRing> place, InstantSource clock, Consumer<String> lines) {
    this.place = place;
    this.clock = clock;
    this.lines = lines;
    Instant now = clock.instant();
    this.held = new Held(place.get(), now, now.plus(YOUNG));
  }

  /**
   * The ring of now, five minutes old at most when all goes well.
   *
   * @throws GraftException.Unavailable when it could not be read for an hour
   */
  @Override
  public KeyRing get() {
    Instant now = clock.instant();
    @Nullable Held old;
    synchronized (this) {
      old = held;
      if (old != null && old.counts(now)) {
        if (now.isBefore(old.next())) {
          return old.ring();
        }
        // Who comes while this one reads goes on with what is held.
        held = new Held(old.ring(), old.readAt(), now.plus(AGAIN));
      }
    }
    return read(now, old);
  }

  private KeyRing read(Instant now, @Nullable Held old) {
    try {
      KeyRing ring = place.get();
      synchronized (this) {
        @Nullable Held newer = held;
        if (newer == null || !newer.readAt().isAfter(now)) {
          held = new Held(ring, now, now.plus(YOUNG));
        }
      }
      return ring;
    } catch (GraftException e) {
      lines.accept(Maintenance.line("key-ring", "", "it could not be read again: " + e));
      if (old != null && old.counts(now)) {
        return old.ring();
      }
      throw new GraftException.Unavailable("the key ring could not be read for an hour", e);
    }
  }
}
