package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.concurrency.Task;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Three clients, each with an engine of its own, write one volume on a store that delays, refuses
 * and loses. A page is one number here, and the model is the list of what was acknowledged.
 */
class ThreeClientsTest {
  private static final int SEEDS = 10;
  private static final int CLIENTS = 3;
  private static final int COMMITS_EACH = 14;
  private static final int PAGES = 40;
  private static final PageSize PAGE_SIZE = new PageSize(512);
  private static final FaultPlan FAULTS = FaultPlan.all(0.03).with(Fault.PUT_LANDS_LATE, 0.25);

  /** An acknowledged commit: what it stood on, what it wrote, how long the volume was then. */
  private record Acknowledged(
      Position base, Position position, Map<Long, Long> writes, long smallest, long count) {}

  /** What a transaction saw; judged at the end, for a commit can be seen before its maker knows. */
  private record Read(Position base, long page, long value) {}

  /** What a run came to. */
  private record Outcome(Hash trace, int commits, int conflicts, Map<Fault, Integer> hits) {}

  @Test
  void clients_faultyStore_commitsAreSerialAndNoneIsLost() throws Exception {
    Map<Fault, Integer> hits = new EnumMap<>(Fault.class);
    int conflicts = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Outcome outcome = play(seed);
      assertThat(outcome.commits()).as("seed %d", seed).isEqualTo(CLIENTS * COMMITS_EACH);
      outcome.hits().forEach((fault, times) -> hits.merge(fault, times, Integer::sum));
      conflicts += outcome.conflicts();
    }
    assertThat(conflicts).as("conflicts over all seeds").isPositive();
    assertThat(hits).as("faults hit over all seeds").containsOnlyKeys(Fault.values());
    System.out.println("three clients, " + SEEDS + " seeds: " + conflicts + " conflicts, " + hits);
  }

  @Test
  void clients_sameSeed_sameTrace() throws Exception {
    assertThat(play(7).trace()).isEqualTo(play(7).trace());
    assertThat(play(7).trace()).isNotEqualTo(play(8).trace());
  }

  private static Outcome play(long seed) throws Exception {
    var sim = new SimConcurrency(seed);
    var store = new SimObjectStore(sim, seed, StoreLatencies.s3(), FAULTS);
    return sim.run(() -> {
      var world = new World(seed, sim, store);
      world.run();
      Map<Fault, Integer> hits = new EnumMap<>(Fault.class);
      for (Fault fault : Fault.values()) {
        if (store.hits(fault) > 0) {
          hits.put(fault, store.hits(fault));
        }
      }
      return new Outcome(sim.traceHash(), world.log.size(), world.conflicts, hits);
    });
  }

  /** One run. Tasks run one at a time, so plain fields will do. */
  private static final class World {
    final long seed;
    final SimConcurrency sim;
    final SimObjectStore store;
    final VolumeId volume;
    final Map<Long, Acknowledged> log = new TreeMap<>();
    final List<Read> reads = new ArrayList<>();
    int conflicts;

    World(long seed, SimConcurrency sim, SimObjectStore store) {
      this.seed = seed;
      this.sim = sim;
      this.store = store;
      this.volume = new RandomIdSource(new Random(seed)).newVolumeId();
    }

    EngineRemote engine(int number) {
      return new EngineRemote(
          store,
          store,
          sim,
          new RandomIdSource(new Random(seed * 100 + number)),
          new Random(seed * 1_000 + number),
          EngineOptions.DEFAULT);
    }

    void run() throws Exception {
      try (EngineRemote first = engine(0)) {
        again(() -> first.createVolume(new CreateVolume(volume, PAGE_SIZE)));
      }
      List<Task<Boolean>> clients = new ArrayList<>();
      for (int i = 1; i <= CLIENTS; i++) {
        int number = i;
        clients.add(sim.fork("client-" + number, () -> client(number)));
      }
      sim.awaitAll(clients);
      for (Task<Boolean> client : clients) {
        client.result();
      }
      judge();
    }

    boolean client(int number) throws Exception {
      var random = new Random(seed * 10 + number);
      try (EngineRemote engine = engine(number);
          Replica replica = open(engine, number)) {
        for (int done = 0; done < COMMITS_EACH; ) {
          sim.pause(java.time.Duration.ofMillis(random.nextInt(200)));
          if (transact(replica, random)) {
            done++;
          } else {
            conflicts++;
            again(replica::pull);
          }
        }
        engine.quiesce();
      }
      return true;
    }

    Replica open(EngineRemote engine, int number) {
      var options =
          ReplicaOptions.inMemory(
              engine, volume, sim, new RandomIdSource(new Random(seed * 77 + number)));
      return again(() -> Replica.open(options));
    }

    boolean transact(Replica replica, Random random) throws Exception {
      try (Transaction transaction = replica.begin()) {
        Position base = transaction.base().position();
        for (int i = 0; i < 3; i++) {
          long page = 1 + random.nextInt(PAGES);
          reads.add(new Read(base, page, again(() -> value(transaction, page))));
        }
        long smallest = transaction.pageCount().value();
        if (random.nextInt(6) == 0) {
          smallest = random.nextLong(smallest + 1);
          transaction.truncate(new PageCount(smallest));
        }
        Map<Long, Long> writes = new TreeMap<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
          writes.put(1L + random.nextInt(PAGES), random.nextLong());
        }
        writes.forEach((page, value) -> write(transaction, page, value));
        long count = transaction.pageCount().value();
        return switch (again(() -> transaction.commit(CommitOptions.NONE))) {
          case CommitResult.Committed(Position position) -> {
            var acknowledged = new Acknowledged(base, position, writes, smallest, count);
            assertThat(log.put(position.lsn().value(), acknowledged))
                .as("seed %d: two commits were acknowledged at %s", seed, position)
                .isNull();
            yield true;
          }
          case CommitResult.Conflict conflict -> false;
          case CommitResult.Nothing nothing -> throw new AssertionError("something was written");
        };
      }
    }

    /** The volume at a position, by the model. */
    Map<Long, Long> expected(Position upto) {
      Map<Long, Long> pages = new TreeMap<>();
      for (Acknowledged commit : log.values()) {
        if (!commit.position().lsn().isAfter(upto.lsn())) {
          pages.keySet().removeIf(page -> page > commit.smallest());
          pages.putAll(commit.writes());
        }
      }
      return pages;
    }

    Acknowledged at(long lsn) {
      return Objects.requireNonNull(log.get(lsn), "acknowledged commits have no gap");
    }

    /** The log has no gap, each commit stands on the one before, and a stranger reads the same. */
    void judge() throws Exception {
      long lsn = 0;
      for (Acknowledged commit : log.values()) {
        assertThat(commit.position().lsn().value()).as("seed %d", seed).isEqualTo(++lsn);
        if (lsn > 1) {
          assertThat(commit.base()).as("seed %d", seed).isEqualTo(at(lsn - 1).position());
        }
      }
      for (Read read : reads) {
        assertThat(read.value())
            .as("seed %d: page %d at %s", seed, read.page(), read.base())
            .isEqualTo(expected(read.base()).getOrDefault(read.page(), 0L));
      }
      try (EngineRemote engine = engine(99);
          Replica stranger = open(engine, 99)) {
        for (long past = 1; past <= lsn; past += 3) {
          long at = past;
          try (Snapshot snapshot = again(() -> stranger.at(new Lsn(at)))) {
            compare(snapshot, expected(at(at).position()), at(at).count());
          }
        }
        try (Snapshot snapshot = stranger.snapshot()) {
          assertThat(snapshot.position().lsn().value()).as("seed %d", seed).isEqualTo(lsn);
          compare(snapshot, expected(snapshot.position()), at(lsn).count());
        }
        engine.quiesce();
      }
    }

    void compare(Snapshot snapshot, Map<Long, Long> pages, long count) {
      assertThat(snapshot.pageCount().value()).as("seed %d", seed).isEqualTo(count);
      for (long page = 1; page <= PAGES; page++) {
        long number = page;
        MemorySegment target = MemorySegment.ofArray(new byte[Long.BYTES]);
        again(() -> {
          snapshot.read(number, 0, target, 0, Long.BYTES);
          return true;
        });
        assertThat(target.get(ValueLayout.JAVA_LONG_UNALIGNED, 0))
            .as("seed %d: page %d at %s", seed, page, snapshot.position())
            .isEqualTo(pages.getOrDefault(page, 0L));
      }
    }

    /** Repeats an unchanged call while the store fails: the way that clients are told to go. */
    <T> T again(java.util.function.Supplier<T> call) {
      for (int tries = 0; ; tries++) {
        try {
          return call.get();
        } catch (GraftException.Unavailable e) {
          if (tries == 50) {
            throw e;
          }
          sim.pause(java.time.Duration.ofMillis(500));
        }
      }
    }
  }

  private static long value(Transaction transaction, long page) {
    MemorySegment target = MemorySegment.ofArray(new byte[Long.BYTES]);
    transaction.read(page, 0, target, 0, Long.BYTES);
    return target.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }

  private static void write(Transaction transaction, long page, long value) {
    MemorySegment source = MemorySegment.ofArray(new byte[PAGE_SIZE.bytes()]);
    source.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
    transaction.write(page, source, 0);
  }
}
