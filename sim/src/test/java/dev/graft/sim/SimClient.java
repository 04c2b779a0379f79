package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A client that makes random transactions and writes down what it saw and was told. */
final class SimClient {
  private static final int MAX_TRIES = 50;
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int BULK_PAGES = 200;
  private static final long FIRST_PAGES = 60;

  private final SimConcurrency sim;
  private final int number;
  private final Replica replica;
  private final SplittableRandom random;

  /** The newest LSN of which any client knows that it is durable. */
  private final AtomicLong newestKnown;

  private final List<Attempt> attempts = new ArrayList<>();

  SimClient(SimConcurrency sim, int number, Replica replica, long seed, AtomicLong newestKnown) {
    this.sim = sim;
    this.number = number;
    this.replica = replica;
    this.random = new SplittableRandom(seed);
    this.newestKnown = newestKnown;
  }

  Replica replica() {
    return replica;
  }

  List<Attempt> attempts() {
    return attempts;
  }

  /** Makes that many transactions. */
  void work(int transactions) {
    for (int i = 1; i <= transactions; i++) {
      sim.pause(Duration.ofMillis(random.nextInt(100)));
      if (random.nextInt(4) == 0) {
        pull();
      }
      transact(i);
    }
    pull();
  }

  private void pull() {
    long known = newestKnown.get();
    long upto = patiently(() -> replica.pull().upto().lsn().value());
    assertThat(upto).as("a pull sees what was durable before it").isGreaterThanOrEqualTo(known);
  }

  private <T> T patiently(Supplier<T> request) {
    return patiently(sim, request);
  }

  /** Repeats an unchanged request while the store fails, as clients are told to. */
  static <T> T patiently(SimConcurrency sim, Supplier<T> request) {
    for (int attempt = 1; ; attempt++) {
      try {
        return request.get();
      } catch (GraftException.Unavailable e) {
        if (attempt == MAX_TRIES) {
          throw e;
        }
        sim.note("tries again");
        sim.pause(PAUSE);
      }
    }
  }

  private void transact(int serial) {
    String name = "c" + number + "-t" + serial;
    long stamp = number * 1_000_000L + serial;
    try (Transaction transaction = replica.begin()) {
      long base = transaction.base().position().lsn().value();
      Map<Long, Long> reads = new TreeMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        long page = randomPage(transaction);
        reads.put(page, patiently(() -> StampedPages.read(transaction, page)));
      }
      List<Attempt.Op> ops = write(transaction, stamp);
      CommitResult result =
          patiently(() -> transaction.commit(new CommitOptions("client", name, page -> false)));
      attempts.add(new Attempt(name, base, reads, ops, result));
      switch (result) {
        case CommitResult.Committed(var position) ->
            newestKnown.accumulateAndGet(position.lsn().value(), Math::max);
        case CommitResult.Conflict conflict -> pull();
        case CommitResult.Local local -> throw new AssertionError("committed here only");
        case CommitResult.Nothing nothing -> assertThat(ops).isEmpty();
      }
    }
  }

  private long randomPage(Transaction transaction) {
    return 1 + random.nextLong(Math.max(FIRST_PAGES, transaction.pageCount().value()));
  }

  private List<Attempt.Op> write(Transaction transaction, long stamp) {
    List<Attempt.Op> ops = new ArrayList<>();
    int kind = random.nextInt(20);
    if (kind == 0) {
      long to = random.nextLong(transaction.pageCount().value() + 1);
      transaction.truncate(new PageCount(to));
      ops.add(new Attempt.Truncate(to));
    }
    // Now and then more than a commit can carry, so that a segment is uploaded.
    int pages = kind == 1 ? BULK_PAGES : 1 + random.nextInt(3);
    long first = randomPage(transaction);
    for (int i = 0; i < pages; i++) {
      long page = kind == 1 ? first + i : randomPage(transaction);
      long content = random.nextInt(10) == 0 ? 0 : stamp;
      StampedPages.write(transaction, page, content);
      ops.add(new Attempt.Write(page, content));
    }
    return ops;
  }
}
