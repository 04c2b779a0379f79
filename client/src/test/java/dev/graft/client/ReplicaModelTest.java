package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two replicas of one volume on the real engine, one in memory and one on a folder, play seeded
 * random histories; a plain map of pages for each commit says what every read must give.
 */
@Timeout(60)
final class ReplicaModelTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final int STEPS = 120;

  /** What a commit left: page count and the seeds of pages that are not zeros. */
  private record Model(long count, TreeMap<Long, Long> seeds) {
    Model copy() {
      return new Model(count, new TreeMap<>(seeds));
    }

    byte[] page(long idx) {
      Long seed = seeds.get(idx);
      return seed == null ? Pages.zeros(SIZE) : Pages.of(SIZE, seed);
    }
  }

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void history_seeded_readsAsTheModelSays(long seed) throws IOException {
    System.out.println("replica model seed " + seed);
    var random = new Random(seed);
    List<Model> commits = new ArrayList<>(List.of(new Model(0, new TreeMap<>())));
    try (var at = new Embedded(seed, SIZE)) {
      Replica[] replicas = {at.open(), Replica.open(at.options().on(folder))};
      for (int step = 0; step < RemoteUnderTest.steps(STEPS); step++) {
        int which = random.nextInt(2);
        Replica replica = replicas[which];
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3, 4 -> write(replica, random, commits);
          case 5, 6 -> pull(replica, commits);
          case 7 -> travel(replica, random, commits);
          case 8 -> check(replica, random, commits);
          default -> {
            if (which == 1) {
              replica.close();
              replicas[1] = Replica.open(at.options().on(folder));
            }
          }
        }
      }
      for (Replica replica : replicas) {
        replica.pull();
        checkWhole(replica, commits.getLast());
        replica.close();
      }
      try (Replica fresh = at.open()) {
        checkWhole(fresh, commits.getLast());
      }
    }
  }

  private static int lsn(Replica replica) {
    return (int) replica.status().position().lsn().value();
  }

  private static void write(Replica replica, Random random, List<Model> commits) {
    int base = lsn(replica);
    Model after = commits.get(base).copy();
    try (Transaction transaction = replica.begin()) {
      long count = after.count();
      int writes = 1 + random.nextInt(random.nextInt(8) == 0 ? 900 : 12);
      for (int i = 0; i < writes; i++) {
        if (random.nextInt(40) == 0) {
          count = random.nextLong(count + 1);
          transaction.truncate(new PageCount(count));
          after.seeds().tailMap(count, false).clear();
        }
        // Mostly near the beginning; now and then in another window.
        long idx = 1 + random.nextLong(random.nextInt(30) == 0 ? 200_000 : 1_500);
        long seed = random.nextLong(1 << 20);
        boolean zeros = random.nextInt(10) == 0;
        Pages.write(transaction, idx, zeros ? Pages.zeros(SIZE) : Pages.of(SIZE, seed));
        count = Math.max(count, idx);
        if (zeros) {
          after.seeds().remove(idx);
        } else {
          after.seeds().put(idx, seed);
        }
        if (random.nextInt(6) == 0) {
          long read = 1 + random.nextLong(1_500);
          assertThat(Pages.read(transaction, read)).isEqualTo(after.page(read));
        }
      }
      Model done = new Model(count, after.seeds());
      assertThat(transaction.pageCount()).isEqualTo(new PageCount(count));
      PageSet written = transaction.writeSet();
      var options = new CommitOptions("model", "step", idx -> idx % 7 == 0);
      switch (transaction.commit(options)) {
        case CommitResult.Committed committed -> {
          assertThat(base).isEqualTo(commits.size() - 1);
          commits.add(done);
          assertThat(committed.position().lsn()).isEqualTo(new Lsn(commits.size() - 1));
          assertThat(written.isEmpty()).isFalse();
        }
        case CommitResult.Conflict conflict -> {
          assertThat(base).isLessThan(commits.size() - 1);
          assertThat(conflict.head().lsn()).isEqualTo(new Lsn(commits.size() - 1));
          assertCovers(conflict.changes(), commits.get(base), commits.getLast());
        }
        case CommitResult.Local local -> throw new AssertionError("committed here only");
        case CommitResult.Nothing nothing -> throw new AssertionError("something was written");
      }
    }
  }

  private static void pull(Replica replica, List<Model> commits) {
    int before = lsn(replica);
    Changes changes = replica.pull();
    assertThat(lsn(replica)).isEqualTo(commits.size() - 1);
    assertCovers(changes, commits.get(before), commits.getLast());
  }

  /** Every page that differs is among the changed ones. */
  private static void assertCovers(Changes changes, Model before, Model after) {
    for (Model each : List.of(before, after)) {
      for (long idx : each.seeds().keySet()) {
        if (!Arrays.equals(before.page(idx), after.page(idx))) {
          assertThat(changes.pages().contains(idx)).as("page %d", idx).isTrue();
        }
      }
    }
  }

  private static void travel(Replica replica, Random random, List<Model> commits) {
    int lsn = random.nextInt(commits.size());
    try (Snapshot past = replica.at(new Lsn(lsn))) {
      sample(past, random, commits.get(lsn));
    }
  }

  private static void check(Replica replica, Random random, List<Model> commits) {
    try (Snapshot now = replica.snapshot()) {
      sample(now, random, commits.get(lsn(replica)));
    }
  }

  private static void sample(Snapshot snapshot, Random random, Model model) {
    assertThat(snapshot.pageCount()).isEqualTo(new PageCount(model.count()));
    for (int i = 0; i < 60; i++) {
      long idx = 1 + random.nextLong(1_600);
      assertThat(Pages.read(snapshot, idx)).as("page %d", idx).isEqualTo(model.page(idx));
    }
  }

  private static void checkWhole(Replica replica, Model model) {
    try (Snapshot now = replica.snapshot()) {
      assertThat(now.pageCount()).isEqualTo(new PageCount(model.count()));
      for (long idx = 1; idx <= 1_600; idx++) {
        assertThat(Pages.read(now, idx)).as("page %d", idx).isEqualTo(model.page(idx));
      }
      for (long idx : model.seeds().keySet()) {
        assertThat(Pages.read(now, idx)).as("page %d", idx).isEqualTo(model.page(idx));
      }
    }
  }
}
