package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.Remote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Local commits and pushes that die at every step there is, one after the other; the folder is
 * opened again and must have, or have brought to the store, whatever was acknowledged, once.
 */
@Timeout(120)
final class PushKillTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final int PAGES = 2000;
  private static final int FIRST_LARGE = 100;
  private static final int LARGE = 1200;
  private static final int FOREIGN = 1999;

  @TempDir Path root;
  private final Steps steps = new Steps();

  /** What the process before its death was told. */
  private static final class Told {
    final TreeMap<Long, Long> acknowledged = new TreeMap<>();
    final TreeMap<Long, Long> asked = new TreeMap<>();
  }

  @ParameterizedTest
  @CsvSource({
    "fake,reject",
    "fake,merge",
    "fake,replay",
    "fake,fork",
    "engine,reject",
    "engine,merge",
    "engine,replay",
    "engine,fork"
  })
  void push_diesAtEveryStep_losesNothingAndLandsOnce(String kind, String policy) {
    int deaths = 0;
    boolean died = true;
    for (int at = 0; died; at++) {
      try (Embedded engine = new Embedded(at + 1, SIZE)) {
        Remote remote = kind.equals("fake") ? fake(engine.volume) : engine.remote;
        died = trial(engine, remote, policy, at);
        deaths += died ? 1 : 0;
      }
    }
    System.out.println(kind + " " + policy + ": " + deaths + " deaths at " + steps.deaths);
    assertThat(steps.deaths)
        .containsKeys(
            "before made",
            "after made",
            "before push",
            "after push",
            "before sync",
            "after sync",
            "before segment",
            "after segment",
            "before upload",
            "after upload",
            "before uploaded",
            "after uploaded",
            "before commit",
            "after commit",
            "before settled",
            "after settled");
    switch (policy) {
      case "merge", "replay" ->
          assertThat(steps.deaths).containsKeys("before rebase", "after rebase");
      case "fork" ->
          assertThat(steps.deaths)
              .containsKeys("before fork", "after fork", "before forking", "before dropped");
      default -> {}
    }
  }

  private static FakeRemote fake(VolumeId volume) {
    FakeRemote fake = new FakeRemote();
    fake.createVolume(new CreateVolume(volume, SIZE));
    return fake;
  }

  private static Policy policy(String name, VolumeId child) {
    return switch (name) {
      case "reject" -> new Policy.Reject();
      case "merge" -> new Policy.Merge();
      case "replay" -> new Policy.Replay(PushKillTest::replay);
      case "fork" -> new Policy.Fork(child);
      default -> throw new AssertionError(name);
    };
  }

  private static void replay(Mutation mutation, Transaction onto) {
    ByteBuffer arguments = ByteBuffer.wrap(mutation.arguments());
    put(onto, arguments.getLong(), arguments.getInt(), arguments.getLong());
  }

  private static void put(Transaction onto, long first, int count, long seed) {
    for (int i = 0; i < count; i++) {
      Pages.write(onto, first + i, Pages.of(SIZE, seed + i));
    }
  }

  private static void local(Replica replica, Told told, long first, int count, long seed) {
    Mutation mutation =
        new Mutation(
            "put", ByteBuffer.allocate(20).putLong(first).putInt(count).putLong(seed).array());
    TreeMap<Long, Long> pages = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      pages.put(first + i, seed + i);
    }
    told.asked.putAll(pages);
    try (Transaction transaction = replica.begin()) {
      put(transaction, first, count, seed);
      CommitOptions how = CommitOptions.NONE.with(Durability.LOCAL).with(mutation);
      assertThat(transaction.commit(how)).isInstanceOf(CommitResult.Local.class);
    }
    told.acknowledged.putAll(pages);
  }

  /** One life that ends at a step, and the next one. Returns whether it died. */
  private boolean trial(Embedded at, Remote remote, String policyName, int deadly) {
    VolumeId child = at.ids.newVolumeId();
    Path folder = root.resolve("at" + deadly);
    ReplicaOptions plain = ReplicaOptions.inMemory(remote, at.volume, at.concurrency, at.ids);
    ReplicaOptions mine =
        ReplicaOptions.inMemory(new DyingRemote(remote, steps), at.volume, at.concurrency, at.ids)
            .on(folder)
            .with(
                new ReplicaOptions.Limits(
                    4, 1 << 20, 128 * 1024, 2, ReplicaOptions.Limits.DEFAULT.guesses()));
    try (Replica first = Replica.open(plain)) {
      try (Transaction transaction = first.begin()) {
        put(transaction, 1, PAGES, 1);
        transaction.commit(CommitOptions.NONE);
      }
    }
    Told told = new Told();
    steps.begin(deadly);
    boolean died = false;
    Replica dying = Opening.open(mine, disk -> new DyingDisk(disk, steps));
    try {
      local(dying, told, 1, 1, 10_001);
      local(dying, told, 2, 2, 10_002);
      local(dying, told, FIRST_LARGE, LARGE, 20_000);
      if (!policyName.equals("reject")) {
        foreign(plain);
      }
      assertThat(dying.push(policy(policyName, child)))
          .isInstanceOfAny(PushResult.Pushed.class, PushResult.Forked.class);
      local(dying, told, 5, 1, 10_005);
      dying.push(policy("reject", child));
    } catch (Steps.Killed e) {
      died = true;
    } finally {
      dying.close();
    }
    steps.begin(-1);
    try (Replica again = Replica.open(mine)) {
      told.acknowledged.forEach((page, seed) -> assertHere(again, remote, child, page, seed));
      assertThat(again.push(policy(policyName, child))).isNotInstanceOf(PushResult.Conflict.class);
      assertThat(again.pending()).isEmpty();
    }
    assertThat(segmentsLeft(folder)).as("segments left behind").isZero();
    judge(plain, remote, at.volume, child, told);
    return died;
  }

  private static long segmentsLeft(Path folder) {
    try (Stream<Path> files = Files.list(folder.resolve("local"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("seg-")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void foreign(ReplicaOptions plain) {
    try (Replica other = Replica.open(plain);
        Transaction transaction = other.begin()) {
      put(transaction, FOREIGN, 1, 30_000);
      assertThat(transaction.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    }
  }

  /** What was acknowledged is seen before any request, unless it went to the fork. */
  private static void assertHere(
      Replica replica, Remote remote, VolumeId child, long page, long seed) {
    try (Snapshot snapshot = replica.snapshot()) {
      boolean here = Arrays.equals(Pages.read(snapshot, page), Pages.of(SIZE, seed));
      if (!here && !exists(remote, child)) {
        throw new AssertionError("page " + page + " was acknowledged and is not seen");
      }
    }
  }

  private static boolean exists(Remote remote, VolumeId volume) {
    try {
      return remote.volume(volume).volume().equals(volume);
    } catch (GraftException.NotFound e) {
      return false;
    }
  }

  /** Every acknowledged page is in the volume or in its fork, and no transaction is there twice. */
  private static void judge(
      ReplicaOptions plain, Remote remote, VolumeId volume, VolumeId child, Told told) {
    List<Replica> places = new ArrayList<>(List.of(Replica.open(plain)));
    List<LogPage.Entry> commits = new ArrayList<>(remote.log(volume, null, 100).commits());
    if (exists(remote, child)) {
      places.add(
          Replica.open(ReplicaOptions.inMemory(remote, child, plain.concurrency(), plain.ids())));
      commits.addAll(remote.log(child, null, 100).commits());
    }
    told.asked.forEach((page, seed) -> {
      boolean there = false;
      for (Replica place : places) {
        try (Snapshot snapshot = place.snapshot()) {
          byte[] content = Pages.read(snapshot, page);
          boolean now = Arrays.equals(content, Pages.of(SIZE, seed));
          there |= now;
          if (!now && !Arrays.equals(content, Pages.of(SIZE, page))) {
            throw new AssertionError("page " + page + " is neither what it was nor what was asked");
          }
        }
      }
      if (!there && told.acknowledged.containsKey(page)) {
        throw new AssertionError("page " + page + " was acknowledged and is not in the store");
      }
    });
    places.forEach(Replica::close);
    Set<IdempotencyKey> keys = new HashSet<>();
    for (LogPage.Entry commit : commits) {
      for (TransactionRecord transaction : commit.transactions()) {
        assertThat(keys.add(transaction.key())).as("landed once").isTrue();
      }
    }
    assertThat(keys.size()).isPositive();
  }
}
