package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.Remote;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random local and remote transactions, pushes with every policy, lost answers, reopenings and
 * others' commits. Each transaction writes what follows from what it has read; so the history is
 * serial in the order of the log if and only if running the transactions one by one in that order
 * gives the pages that are there.
 */
@Timeout(60)
final class LocalModelTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final int PAGES = 14;
  private static final int STEPS = 150;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /** A piece of work that can be done anywhere. */
  private record Op(int id, List<Integer> reads, List<Integer> writes) {
    long result(int page, long read) {
      return 31 * (31 * (31 * read + id) + page) + 7;
    }

    void run(Transaction onto) {
      long read = 0;
      byte[] bytes = new byte[SIZE.bytes()];
      MemorySegment page = MemorySegment.ofArray(bytes);
      for (int each : reads) {
        onto.read(each, 0, page, 0, SIZE.bytes());
        read = 31 * read + page.get(LONG, 0);
      }
      for (int each : writes) {
        page.fill((byte) 0);
        page.set(LONG, 0, result(each, read));
        onto.write(each, page, 0);
      }
    }

    void run(Map<Integer, Long> model) {
      long read = 0;
      for (int each : reads) {
        read = 31 * read + model.getOrDefault(each, 0L);
      }
      for (int each : writes) {
        model.put(each, result(each, read));
      }
    }
  }

  @TempDir Path folder;
  private final Map<Integer, Op> ops = new TreeMap<>();
  private final Set<Integer> acknowledged = new HashSet<>();
  private final Set<Integer> givenUp = new HashSet<>();
  private final List<VolumeId> forks = new ArrayList<>();
  private final Map<String, Integer> happened = new TreeMap<>();

  private void count(String what) {
    happened.merge(what, 1, Integer::sum);
  }

  private Op newOp(Random random, int fixedPages) {
    List<Integer> reads = new ArrayList<>();
    List<Integer> writes = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      reads.add(1 + random.nextInt(PAGES));
    }
    for (int i = fixedPages; i >= 0; i--) {
      writes.add(1 + random.nextInt(PAGES));
    }
    Op op = new Op(ops.size() + 1, reads, writes);
    ops.put(op.id(), op);
    return op;
  }

  @ParameterizedTest
  @CsvSource({"fake,1", "fake,2", "fake,3", "engine,4", "engine,5", "engine,6"})
  void history_seeded_isSerialInTheOrderOfTheLogAndLosesNothing(String kind, long seed) {
    Random random = new Random(seed);
    try (Embedded at = new Embedded(seed, SIZE)) {
      FakeRemote fake = new FakeRemote();
      fake.createVolume(new CreateVolume(at.volume, SIZE));
      Remote store = kind.equals("fake") ? fake : at.remote;
      var flaky = new FlakyRemote(store, new Random(seed + 100));
      ReplicaOptions plain = ReplicaOptions.inMemory(store, at.volume, at.concurrency, at.ids);
      ReplicaOptions mine =
          ReplicaOptions.inMemory(flaky, at.volume, at.concurrency, at.ids).on(folder);
      try (Replica other = Replica.open(plain)) {
        Op first = new Op(ops.size() + 1, List.of(), allPages());
        ops.put(first.id(), first);
        commitRemote(other, first, new Policy.Reject());
        Replica replica = Replica.open(mine);
        flaky.chance = 0.12;
        for (int step = 0; step < RemoteUnderTest.steps(STEPS); step++) {
          switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> commitLocal(replica, newOp(random, random.nextInt(2)), random);
            case 4 -> tryRemote(replica, newOp(random, 0), random);
            case 5, 6 -> {
              other.pull();
              commitRemote(other, newOp(random, 0), new Policy.Merge());
            }
            case 7, 8 -> push(replica, at, random);
            default -> {
              replica.close();
              flaky.chance = 0;
              replica = Replica.open(mine);
              flaky.chance = 0.12;
              count("reopened");
            }
          }
        }
        flaky.chance = 0;
        push(replica, at, new Policy.Replay(this::replay));
        assertThat(replica.pending()).isEmpty();
        replica.close();
      }
      System.out.println("local model seed " + seed + " on " + kind + ": " + happened);
      assertThat(flaky.failures).isPositive();
      judge(store, plain, at);
    }
  }

  private static List<Integer> allPages() {
    List<Integer> all = new ArrayList<>();
    for (int page = 1; page <= PAGES; page++) {
      all.add(page);
    }
    return all;
  }

  private static CommitOptions named(Op op) {
    return new CommitOptions("", "op " + op.id(), page -> false);
  }

  private void commitLocal(Replica replica, Op op, Random random) {
    CommitOptions how =
        named(op)
            .with(Durability.LOCAL)
            .onConflict(random.nextBoolean() ? new Policy.Merge() : new Policy.Reject())
            .with(new Mutation("op " + op.id(), new byte[0]));
    if (random.nextBoolean()) {
      how = how.again(op::run);
    }
    try (Transaction transaction = replica.begin()) {
      op.run(transaction);
      if (random.nextInt(4) == 0) {
        commitLocal(replica, newOp(random, 0), new Random(random.nextLong()));
      }
      switch (transaction.commit(how)) {
        case CommitResult.Local local -> {
          acknowledged.add(op.id());
          count("local");
        }
        case CommitResult.Conflict conflict -> {
          givenUp.add(op.id());
          count("local conflict");
        }
        case CommitResult.Committed committed -> throw new AssertionError(committed);
        case CommitResult.Nothing nothing -> throw new AssertionError(nothing);
      }
    }
  }

  /** Commits to the store and asks until it is known what became of it. */
  private void commitRemote(Replica replica, Op op, Policy policy) {
    try (Transaction transaction = replica.begin()) {
      op.run(transaction);
      CommitResult result = null;
      for (int tries = 0; result == null && tries < 200; tries++) {
        try {
          result = transaction.commit(named(op).onConflict(policy));
        } catch (GraftException.Unavailable e) {
          count("remote unavailable");
        }
      }
      if (result instanceof CommitResult.Committed) {
        acknowledged.add(op.id());
        count("remote");
      } else {
        assertThat(result).isInstanceOf(CommitResult.Conflict.class);
        givenUp.add(op.id());
        count("remote conflict");
      }
    }
  }

  private void tryRemote(Replica replica, Op op, Random random) {
    commitRemote(replica, op, random.nextBoolean() ? new Policy.Merge() : new Policy.Reject());
  }

  private void replay(Mutation mutation, Transaction onto) {
    int id = Integer.parseInt(mutation.name().substring(3));
    Objects.requireNonNull(ops.get(id)).run(onto);
  }

  private void push(Replica replica, Embedded at, Random random) {
    Policy policy =
        switch (random.nextInt(8)) {
          case 0, 1 -> new Policy.Reject();
          case 2, 3, 4 -> new Policy.Merge();
          case 5, 6 -> new Policy.Replay(this::replay);
          default -> {
            VolumeId child = at.ids.newVolumeId();
            forks.add(child);
            yield new Policy.Fork(child);
          }
        };
    push(replica, at, policy);
  }

  private void push(Replica replica, Embedded at, Policy policy) {
    for (int tries = 0; tries < 500; tries++) {
      try {
        PushResult result = replica.push(policy);
        count(result.getClass().getSimpleName() + " by " + policy.getClass().getSimpleName());
        if (!(result instanceof PushResult.Forked)) {
          return;
        }
      } catch (GraftException.Unavailable e) {
        count("push unavailable");
      }
    }
    throw new AssertionError("no end of a push of " + at.volume);
  }

  private void judge(Remote store, ReplicaOptions plain, Embedded at) {
    TreeMap<Integer, Long> model = new TreeMap<>();
    List<LogPage.Entry> main = oldestFirst(store, at.volume);
    List<TreeMap<Integer, Long>> states = new ArrayList<>(List.of(new TreeMap<>()));
    Set<Integer> landed = new HashSet<>();
    for (LogPage.Entry commit : main) {
      run(commit, model, landed);
      states.add(new TreeMap<>(model));
    }
    assertPages(plain, model);
    for (VolumeId child : forks) {
      if (!exists(store, child)) {
        continue;
      }
      ReplicaOptions there = ReplicaOptions.inMemory(store, child, at.concurrency, at.ids);
      List<LogPage.Entry> commits = oldestFirst(store, child);
      // The fork says nowhere in this test where it began: at one of the states it must fit.
      boolean fits = false;
      Set<Integer> here = new HashSet<>();
      for (TreeMap<Integer, Long> state : states) {
        TreeMap<Integer, Long> forked = new TreeMap<>(state);
        here.clear();
        commits.forEach(commit -> run(commit, forked, here));
        fits |= equalPages(there, forked);
      }
      assertThat(fits).as("fork " + child).isTrue();
      landed.addAll(here);
    }
    assertThat(landed).containsAll(acknowledged);
    assertThat(landed).doesNotContainAnyElementsOf(givenUp);
  }

  private void run(LogPage.Entry commit, Map<Integer, Long> model, Set<Integer> landed) {
    for (TransactionRecord transaction : commit.transactions()) {
      if (transaction.message().startsWith("op ")) {
        int id = Integer.parseInt(transaction.message().substring(3));
        assertThat(landed.add(id)).as("op " + id + " landed once").isTrue();
        Objects.requireNonNull(ops.get(id)).run(model);
      }
    }
  }

  /** A fork that was wanted is made only when there was a conflict. */
  private static boolean exists(Remote store, VolumeId volume) {
    try {
      return store.volume(volume).volume().equals(volume);
    } catch (GraftException.NotFound e) {
      return false;
    }
  }

  private static List<LogPage.Entry> oldestFirst(Remote store, VolumeId volume) {
    List<LogPage.Entry> commits = new ArrayList<>(store.log(volume, null, 1000).commits());
    Collections.reverse(commits);
    return commits;
  }

  private static void assertPages(ReplicaOptions options, Map<Integer, Long> model) {
    assertThat(pages(options)).isEqualTo(model);
  }

  private static boolean equalPages(ReplicaOptions options, Map<Integer, Long> model) {
    return pages(options).equals(model);
  }

  private static Map<Integer, Long> pages(ReplicaOptions options) {
    TreeMap<Integer, Long> pages = new TreeMap<>();
    try (Replica fresh = Replica.open(options);
        Snapshot snapshot = fresh.snapshot()) {
      for (int page = 1; page <= PAGES; page++) {
        pages.put(page, MemorySegment.ofArray(Pages.read(snapshot, page)).get(LONG, 0));
      }
    }
    return pages;
  }
}
