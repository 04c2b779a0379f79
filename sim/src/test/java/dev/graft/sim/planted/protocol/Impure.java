package dev.graft.sim.planted.protocol;

import dev.graft.sim.planted.client.Harmless;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;

/** Points up, reads streams and has a clock. */
public record Impure(Harmless client, Clock clock) {
  InputStream open() {
    return new ByteArrayInputStream(new byte[0]);
  }

  Instant time() {
    return clock.instant();
  }
}
