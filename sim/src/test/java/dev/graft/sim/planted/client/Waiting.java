package dev.graft.sim.planted.client;

import dev.graft.sim.planted.engine.Cloudy;
import java.sql.Connection;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/** Sees the engine and JDBC, waits, sleeps, and asks for time and chance by itself. */
public record Waiting(Cloudy engine, Connection connection, CountDownLatch latch) {
  Instant rest() throws InterruptedException {
    Thread.sleep(1);
    return Instant.now();
  }

  UUID draw() {
    return UUID.randomUUID();
  }
}
