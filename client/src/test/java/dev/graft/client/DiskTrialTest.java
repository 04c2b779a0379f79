package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.LogPage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a replica makes of a folder that was damaged, of a clock set back, and of two owners. */
@Timeout(120)
final class DiskTrialTest {
  private static final PageSize SIZE = PageSize.DEFAULT;
  private static final int PAGES = 400;
  private static final int LOCAL_COMMITS = 4;
  private static final long SEED = 4;

  @TempDir Path root;

  private int opened;
  private int refused;

  /** Fills a volume, commits here, and leaves a folder with all of its pages. */
  private Path prepare(Embedded at) {
    Path folder = root.resolve("whole");
    try (Replica writer = at.open()) {
      ReplicaContract.fill(writer, PAGES);
    }
    try (Replica replica = Replica.open(at.options().on(folder))) {
      for (int commit = 1; commit <= LOCAL_COMMITS; commit++) {
        try (Transaction transaction = replica.begin()) {
          Pages.write(transaction, 10 * commit, Pages.of(SIZE, 1_000 + commit));
          transaction.commit(CommitOptions.NONE.with(Durability.LOCAL));
        }
      }
      try (Snapshot all = replica.snapshot()) {
        assertRight(all, LOCAL_COMMITS);
      }
    }
    return folder;
  }

  /** Every page is as so many local commits left it. */
  private static void assertRight(Snapshot snapshot, int commits) {
    for (int page = 1; page <= PAGES; page++) {
      boolean written = page % 10 == 0 && page / 10 <= commits;
      byte[] expected = Pages.of(SIZE, written ? 1_000 + page / 10 : page);
      assertThat(Arrays.equals(Pages.read(snapshot, page), expected)).as("page %d", page).isTrue();
    }
  }

  private Path copy(Path folder, String name) throws IOException {
    Path to = root.resolve(name);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(folder.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return to;
  }

  /** Opens a damaged folder; how many local commits it shows, or -1 when it is refused by name. */
  private int open(Embedded at, Path folder) {
    try (Replica replica = Replica.open(at.options().on(folder));
        Snapshot now = replica.snapshot()) {
      int pending = replica.status().pending();
      assertRight(now, pending);
      opened++;
      return pending;
    } catch (GraftException.Corrupt e) {
      assertThat(e).hasMessageContaining(folder.toString()).hasMessageContaining("damaged");
      refused++;
      if (String.valueOf(e.getMessage()).contains("move this file away")) {
        openWithoutStanding(at, folder);
      }
      return -1;
    }
  }

  /** As the refusal advises: what was not pushed is there still. */
  private static void openWithoutStanding(Embedded at, Path folder) {
    assertThat(folder.resolve("standing").toFile().delete()).isTrue();
    try (Replica replica = Replica.open(at.options().on(folder));
        Snapshot now = replica.snapshot()) {
      assertThat(replica.status().pending()).isPositive();
      assertRight(now, replica.status().pending());
    }
  }

  @Test
  void open_cacheDamagedOrCutAnywhere_readsRightPages() throws IOException {
    var random = new SplittableRandom(SEED);
    System.out.println("disk trial seed " + SEED);
    try (var at = new Embedded(SEED, SIZE)) {
      Path whole = prepare(at);
      List<Path> files =
          Stream.concat(Disk.files(whole, "frames").stream(), Disk.files(whole, "pages-").stream())
              .toList();
      assertThat(files).hasSizeGreaterThanOrEqualTo(2);
      for (int trial = 0; trial < 12; trial++) {
        Path folder = copy(whole, "cache" + trial);
        Path file = folder.resolve(files.get(trial % files.size()).getFileName());
        long used = Math.min(Files.size(file), PAGES * (long) SIZE.bytes());
        long place = trial < files.size() ? 3 : random.nextLong(used);
        if (trial % 4 == 3) {
          Disk.cut(file, place);
        } else {
          Disk.flip(file, place);
        }
        assertThat(open(at, folder)).as("%s at %d", file, place).isEqualTo(LOCAL_COMMITS);
      }
      assertThat(opened).isEqualTo(12);
    }
  }

  @Test
  void open_logsDamagedAnywhere_refusesOrShowsWholeCommits() throws IOException {
    var random = new SplittableRandom(SEED + 1);
    try (var at = new Embedded(SEED, SIZE)) {
      Path whole = prepare(at);
      for (int trial = 0; trial < 16; trial++) {
        Path folder = copy(whole, "logs" + trial);
        Path file = folder.resolve(trial % 2 == 0 ? "standing" : "local/log");
        long place = random.nextLong(Files.size(file));
        if (trial % 8 < 6) {
          Disk.flip(file, place);
        } else {
          Disk.cut(file, place);
        }
        try {
          int pending = open(at, folder);
          if (trial % 2 == 0 && pending >= 0) {
            assertThat(pending).as("%s at %d", file, place).isEqualTo(LOCAL_COMMITS);
          }
        } catch (GraftException.Corrupt e) {
          refused++;
        }
      }
      assertThat(refused).isPositive();
      assertThat(opened).isPositive();
    }
  }

  @Test
  void clockSetBack_commitsAndPushesGoOnAndTimesNeverFall() {
    var now = new AtomicReference<>(Instant.now());
    Concurrency clock = new ThreadConcurrency((InstantSource) now::get);
    try (var at = new Embedded(SEED, SIZE)) {
      ReplicaOptions options =
          ReplicaOptions.inMemory(at.remote, at.volume, clock, at.ids).on(root.resolve("clock"));
      try (Replica replica = Replica.open(options)) {
        ReplicaContract.fill(replica, PAGES);
        now.set(Instant.now().minus(Duration.ofDays(30)));
        // Large enough for segments, whose ids carry a time that the store checks.
        try (Transaction transaction = replica.begin()) {
          for (int page = 1; page <= PAGES; page++) {
            Pages.write(transaction, page, Pages.of(SIZE, 5_000 + page));
          }
          assertThat(transaction.commit(CommitOptions.NONE))
              .isInstanceOf(CommitResult.Committed.class);
        }
        try (Transaction transaction = replica.begin()) {
          Pages.write(transaction, 7, Pages.of(SIZE, 7_777));
          transaction.commit(CommitOptions.NONE.with(Durability.LOCAL));
        }
        now.set(Instant.now().minus(Duration.ofDays(31)));
      }
      try (Replica again = Replica.open(options)) {
        assertThat(again.status().pending()).isEqualTo(1);
        assertThat(again.push(new Policy.Reject(), Progress.NONE))
            .isInstanceOf(PushResult.Pushed.class);
        List<Instant> newestFirst =
            again.log(10).commits().stream().map(LogPage.Entry::time).toList();
        assertThat(newestFirst).hasSize(3).isSortedAccordingTo((a, b) -> b.compareTo(a));
      }
    }
  }

  @Test
  void open_folderOfALivingProcess_isRefusedUntilThatIsKilled() throws Exception {
    Path folder = root.resolve("world");
    Files.createDirectories(folder);
    try (var world = new KillWorld(folder, SEED)) {
      world.create();
      Process holder =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-Djava.io.tmpdir=" + folder,
                  "-cp",
                  System.getProperty("java.class.path"),
                  DiskTrialTest.class.getName(),
                  folder.toString())
              .redirectErrorStream(true)
              .start();
      try (var lines =
          new BufferedReader(
              new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(lines.readLine()).isEqualTo("open");
        assertThatExceptionOfType(GraftException.Misuse.class)
            .isThrownBy(world::onFolder)
            .withMessageContaining(folder.resolve("replica").toString())
            .withMessageContaining("in use by another replica or process");
        holder.toHandle().destroyForcibly();
        assertThat(holder.waitFor()).isEqualTo(137);
      } finally {
        holder.destroyForcibly();
      }
      try (Replica mine = world.onFolder()) {
        assertThatExceptionOfType(GraftException.Misuse.class)
            .isThrownBy(world::onFolder)
            .withMessageContaining("in use");
        assertThat(mine.status().pending()).isZero();
      }
    }
  }

  /** The other process: opens the replica and holds it until it is killed. */
  public static void main(String[] args) throws IOException {
    try (var world = new KillWorld(Path.of(args[0]), SEED);
        Replica replica = world.onFolder()) {
      System.out.println("open");
      System.out.flush();
      int end = System.in.read();
      System.out.println(replica.status() + " " + end);
    }
  }
}
