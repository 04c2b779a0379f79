package dev.graft.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileObjectStoreTest extends ObjectStoreContract {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final ObjectKey KEY = new ObjectKey("volumes/one/log/0");

  @TempDir private Path folder;

  @Override
  protected void run(Scenario scenario) throws Exception {
    scenario.play(
        FileObjectStore.open(folder.resolve("not/there/yet"), CLOCK), new ThreadConcurrency(CLOCK));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void open_readOnly_makesNothing() {
    Path absent = folder.resolve("absent");
    FileObjectStore store = FileObjectStore.open(absent, CLOCK);
    assertThat(store.get(KEY, 0, 1)).isEqualTo(new GetOutcome.Missing());
    assertThat(store.list("", "", 1)).isEmpty();
    store.delete(KEY);
    assertThat(absent).doesNotExist();
  }

  @Test
  void open_aFile_isRefusedWithASentence() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> FileObjectStore.open(file, CLOCK))
        .withMessage(file + " is not a folder");
  }

  @Test
  void putIfAbsent_secondStoreOnTheSameFolder_seesIt() {
    FileObjectStore one = FileObjectStore.open(folder, CLOCK);
    FileObjectStore other = FileObjectStore.open(folder, CLOCK);
    one.putIfAbsent(KEY, new byte[] {1, 2}, Instant.MAX);
    assertThat(other.putIfAbsent(KEY, new byte[] {3}, Instant.MAX))
        .isEqualTo(new PutOutcome.AlreadyExists());
    assertThat(other.list("", "", 10)).containsExactly(KEY);
  }

  @Test
  void putIfAbsent_lastMomentPassesWhileBytesAreWritten_landsNothing() throws Exception {
    var stagedBytes = new AtomicLong(-1);
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    InstantSource clock =
        () -> {
          long staged = stagedBytes();
          stagedBytes.accumulateAndGet(staged, Math::max);
          return staged == 100_000 ? start.plusSeconds(60) : start;
        };
    FileObjectStore store = FileObjectStore.open(folder, clock);
    PutOutcome outcome = store.putIfAbsent(KEY, new byte[100_000], start.plusSeconds(30));
    assertThat(outcome).isEqualTo(new PutOutcome.TooLate());
    assertThat(stagedBytes).as("bytes staged when the clock was asked").hasValue(100_000);
    assertThat(files()).isEmpty();
  }

  private long stagedBytes() {
    try {
      long sum = 0;
      for (Path file : files()) {
        sum += Files.size(file);
      }
      return sum;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void putIfAbsent_done_leavesOneFileOnly() throws Exception {
    FileObjectStore store = FileObjectStore.open(folder, CLOCK);
    store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
    store.putIfAbsent(KEY, new byte[] {2}, Instant.MAX);
    assertThat(files()).containsExactly(folder.resolve("volumes/one/log/0.obj"));
  }

  @Test
  void open_leftovers_removesOldOnesOnly() throws Exception {
    FileObjectStore.open(folder, CLOCK).putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
    Path staging = folder.resolve(".staging");
    Path old = Files.write(staging.resolve("old"), new byte[10]);
    Path young = Files.write(staging.resolve("young"), new byte[10]);
    Instant now = CLOCK.instant();
    Files.setLastModifiedTime(old, FileTime.from(now.minus(Duration.ofMinutes(61))));
    Files.setLastModifiedTime(young, FileTime.from(now.minus(Duration.ofMinutes(59))));
    FileObjectStore store = FileObjectStore.open(folder, CLOCK);
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(store.list("", "", 10)).containsExactly(KEY);
  }

  @Test
  void list_filesOfOthers_areNotObjects() throws Exception {
    FileObjectStore store = FileObjectStore.open(folder, CLOCK);
    store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
    Files.writeString(folder.resolve("README"), "mine");
    Files.writeString(folder.resolve("plain"), "mine");
    Files.writeString(folder.resolve("volumes/.DS_Store"), "mine");
    Files.writeString(folder.resolve("volumes/Upper.obj"), "mine");
    assertThat(store.list("", "", 10)).containsExactly(KEY);
  }

  @Test
  void putIfAbsent_folderRemovedMeanwhile_worksAtTheNextCall() throws Exception {
    FileObjectStore store = FileObjectStore.open(folder, CLOCK);
    store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
    Files.delete(folder.resolve("volumes/one/log/0.obj"));
    Files.delete(folder.resolve("volumes/one/log"));
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX));
    assertThat(store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX))
        .isEqualTo(new PutOutcome.Created());
  }

  /** What every question about a store says whose folder cannot be read. */
  private static void assertTellsNothing(FileObjectStore store) {
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> store.list("", "", 10));
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> store.list("volumes/one/forks/", "", 10));
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> store.get(KEY, 0, 1));
    assertThatExceptionOfType(GraftException.Unavailable.class).isThrownBy(() -> store.delete(KEY));
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX));
  }

  @Test
  void list_rootReplacedByAFile_isUnavailableAndNotEmpty() throws Exception {
    Path root = folder.resolve("root");
    FileObjectStore store = FileObjectStore.open(root, CLOCK);
    store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
    Path away = Files.move(root, folder.resolve("away"));
    Files.writeString(root, "a file");
    assertTellsNothing(store);
    Files.delete(root);
    Files.move(away, root);
    assertThat(store.list("", "", 10)).containsExactly(KEY);
  }

  @Test
  void list_rootTakenAway_isUnavailableAndMakesNoOther() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    FileObjectStore store = FileObjectStore.open(root, CLOCK);
    Path away = Files.move(root, folder.resolve("away"));
    assertTellsNothing(store);
    assertThat(root).doesNotExist();
    Files.move(away, root);
    assertThat(store.list("", "", 10)).isEmpty();
    assertThat(store.get(KEY, 0, 1)).isEqualTo(new GetOutcome.Missing());
  }

  @Test
  void list_rootThatAPutMadeTakenAway_isUnavailable() throws Exception {
    Path root = folder.resolve("root");
    FileObjectStore store = FileObjectStore.open(root, CLOCK);
    assertThat(store.list("", "", 10)).isEmpty();
    store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
    Files.move(root, folder.resolve("away"));
    assertTellsNothing(store);
  }

  @Test
  void list_prefixThatIsAFileOrLiesBeneathOne_isUnavailable() throws Exception {
    FileObjectStore store = FileObjectStore.open(folder, CLOCK);
    store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
    Files.writeString(folder.resolve("volumes/one/forks"), "a file");
    for (String prefix : List.of("volumes/one/forks/", "volumes/one/forks/deeper/")) {
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .isThrownBy(() -> store.list(prefix, "", 10))
          .withMessageContaining("cannot list '" + prefix + "'")
          .withMessageContaining("not a folder");
    }
    assertThat(store.list("volumes/one/pins/", "", 10)).isEmpty();
    assertThat(store.list("", "", 10)).containsExactly(KEY);
  }

  @Test
  void list_folderThatCannotBeRead_fails() throws Exception {
    FileObjectStore store = FileObjectStore.open(folder, CLOCK);
    store.putIfAbsent(KEY, new byte[] {1}, Instant.MAX);
    // A loop of names, which not even root can read.
    Files.createSymbolicLink(folder.resolve("volumes/one/forks"), Path.of("forks"));
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> store.list("volumes/one/forks/", "", 10));
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> store.list("", "", 10));
  }
}
