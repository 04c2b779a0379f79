package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ServerClockTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Instant here = START;
  private final ServerClock clock = new ServerClock(() -> here);

  @Test
  void told_answerThatCameLate_isNotReliedOnUntilTheNext() {
    Instant there = START.plus(Duration.ofHours(1));
    clock.told(there);
    assertThat(clock.isTold()).isTrue();
    here = here.plus(Duration.ofMinutes(40));
    // Asked for at the beginning of those 40 minutes, or at their end: nobody knows.
    clock.told(there);
    assertThat(clock.isTold()).isFalse();
    clock.instant();
    here = here.plus(Duration.ofSeconds(1));
    clock.told(there.plus(Duration.ofMinutes(40)));
    assertThat(clock.isTold()).isTrue();
    assertThat(clock.instant()).isEqualTo(there.plus(Duration.ofMinutes(40)));
  }
}
