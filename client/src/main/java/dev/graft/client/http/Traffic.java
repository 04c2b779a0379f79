package dev.graft.client.http;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what goes over the network. Safe for use by many threads. */
final class Traffic {
  private final AtomicLong attempts = new AtomicLong();
  private final AtomicLong repeats = new AtomicLong();
  private final AtomicLong bytesOut = new AtomicLong();
  private final AtomicLong bytesIn = new AtomicLong();

  void sent(int bodyBytes) {
    attempts.incrementAndGet();
    bytesOut.addAndGet(bodyBytes);
  }

  void repeat() {
    repeats.incrementAndGet();
  }

  void received(int bodyBytes) {
    bytesIn.addAndGet(bodyBytes);
  }

  HttpCounts counts() {
    return new HttpCounts(attempts.get(), repeats.get(), bytesOut.get(), bytesIn.get());
  }
}
