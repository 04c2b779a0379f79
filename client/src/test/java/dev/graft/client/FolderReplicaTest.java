package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.count.Counts;
import dev.graft.client.prefetch.PrefetchBudget;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica on a folder: what every replica does, and what it keeps. */
final class FolderReplicaTest extends ReplicaContract {
  @TempDir Path root;
  private int homes;

  @Override
  ReplicaOptions home(ReplicaOptions options) {
    return options.on(root.resolve("home" + homes++));
  }

  private Replica openAt(String name) {
    return open(ReplicaOptions.inMemory(remote, volume, concurrency, ids).on(root.resolve(name)));
  }

  private static void damage(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 0x40)).rewind();
      channel.write(one, at);
    }
  }

  @Test
  void reopen_knownFolder_makesNoRequestForWhatIsHere() {
    fill(open(), 400);
    Replica first = openAt("same");
    try (Snapshot snapshot = first.snapshot()) {
      Pages.read(snapshot, 200);
    }
    first.close();
    Counts before = remote.counts();
    Replica again = openAt("same");
    try (Snapshot snapshot = again.snapshot()) {
      assertThat(Pages.read(snapshot, 200)).isEqualTo(Pages.of(SIZE, 200));
      assertThat(Pages.read(snapshot, 1)).isEqualTo(Pages.of(SIZE, 1));
    }
    assertThat(again.status().pagesHere()).isEqualTo(64);
    assertThat(remote.counts().minus(before).requests()).isZero();
  }

  @Test
  void reopen_afterCommitsAndPulls_standsWhereItStood() {
    Replica writer = openAt("writer");
    fill(writer, 50);
    for (int i = 0; i < 20; i++) {
      commit(writer, 1 + i * 2, 1000 + i);
    }
    writer.close();
    Replica again = openAt("writer");
    assertThat(again.status().position().lsn()).isEqualTo(new Lsn(21));
    Counts before = remote.counts();
    try (Snapshot snapshot = again.snapshot()) {
      for (int i = 0; i < 20; i++) {
        assertThat(Pages.read(snapshot, 1 + i * 2)).isEqualTo(Pages.of(SIZE, 1000 + i));
      }
    }
    assertThat(remote.counts().minus(before).requests()).isZero();
  }

  @Test
  void open_folderInUse_isRefusedByName() {
    Replica first = openAt("busy");
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> openAt("busy"))
        .withMessageContaining(root.resolve("busy").toString());
    first.close();
    openAt("busy");
  }

  @Test
  void open_folderOfAnotherVolume_isRefused() {
    openAt("one").close();
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() ->
            open(
                ReplicaOptions.inMemory(remote, ids.newVolumeId(), concurrency, ids)
                    .on(root.resolve("one"))))
        .withMessageContaining("holds a replica of " + volume);
  }

  @Test
  void open_folderIsAFile_isOneSentence() throws IOException {
    Files.writeString(root.resolve("file"), "x");
    assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(() -> openAt("file"));
  }

  @Test
  void open_folderCannotBeMade_isOneSentence() {
    assertThatExceptionOfType(GraftException.class)
        .isThrownBy(() ->
            open(
                ReplicaOptions.inMemory(remote, volume, concurrency, ids)
                    .on(Path.of("/proc/graft-nowhere"))))
        .withMessageContaining("/proc/graft-nowhere");
  }

  @Test
  void reopen_damagedPage_isFetchedAgainAndNeverServed() throws IOException {
    fill(open(), 400);
    Replica first = openAt("damaged");
    try (Snapshot snapshot = first.snapshot()) {
      Pages.read(snapshot, 200);
    }
    first.close();
    Path data;
    try (Stream<Path> files = Files.list(root.resolve("damaged"))) {
      data =
          files
              .filter(file -> file.getFileName().toString().startsWith("pages-"))
              .findFirst()
              .orElseThrow();
    }
    // The second frame's content: page 200 is in it.
    damage(data, 32L * SIZE.bytes() + 8 * SIZE.bytes());
    Counts before = remote.counts();
    Replica again = openAt("damaged");
    try (Snapshot snapshot = again.snapshot()) {
      assertThat(Pages.read(snapshot, 200)).isEqualTo(Pages.of(SIZE, 200));
      assertThat(Pages.read(snapshot, 1)).isEqualTo(Pages.of(SIZE, 1));
    }
    assertThat(remote.counts().minus(before).reads()).isEqualTo(1);
  }

  @Test
  void reopen_damagedFrameIndex_forgetsFramesOnly() throws IOException {
    fill(open(), 400);
    Replica first = openAt("index");
    try (Snapshot snapshot = first.snapshot()) {
      Pages.read(snapshot, 200);
    }
    first.close();
    damage(root.resolve("index").resolve("frames"), 20);
    Replica again = openAt("index");
    try (Snapshot snapshot = again.snapshot()) {
      assertThat(Pages.read(snapshot, 200)).isEqualTo(Pages.of(SIZE, 200));
      assertThat(Pages.read(snapshot, 300)).isEqualTo(Pages.of(SIZE, 300));
    }
  }

  @Test
  void reopen_standingTornAtItsEnd_standsOnAnOlderOne() throws IOException {
    Replica writer = openAt("torn");
    fill(writer, 10);
    commit(writer, 1, 100);
    writer.close();
    Path file = root.resolve("torn").resolve("standing");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 3);
    }
    Replica again = openAt("torn");
    assertThat(again.status().position().lsn()).isEqualTo(new Lsn(1));
    again.pull();
    try (Snapshot snapshot = again.snapshot()) {
      assertThat(Pages.read(snapshot, 1)).isEqualTo(Pages.of(SIZE, 100));
    }
  }

  @Test
  void reopen_standingDamagedInTheMiddle_isToldClearly() throws IOException {
    Replica writer = openAt("hurt");
    fill(writer, 10);
    commit(writer, 1, 100);
    commit(writer, 1, 101);
    writer.close();
    damage(root.resolve("hurt").resolve("standing"), 40);
    assertThatExceptionOfType(GraftException.Corrupt.class)
        .isThrownBy(() -> openAt("hurt"))
        .withMessageContaining("is damaged");
  }

  @Test
  void transaction_largerThanItsMemory_isReadBackAndLeavesNoFile() throws IOException {
    var small = new ReplicaOptions.Limits(4, 8 * SIZE.bytes(), 1 << 20, 2, PrefetchBudget.DEFAULT);
    Path folder = root.resolve("spill");
    Replica replica =
        open(ReplicaOptions.inMemory(remote, volume, concurrency, ids).on(folder).with(small));
    try (Transaction transaction = replica.begin()) {
      for (int page = 1; page <= 100; page++) {
        Pages.write(transaction, page, Pages.of(SIZE, page));
      }
      Pages.write(transaction, 90, Pages.of(SIZE, 1090));
      for (int page : List.of(1, 8, 9, 100)) {
        assertThat(Pages.read(transaction, page)).isEqualTo(Pages.of(SIZE, page));
      }
      assertThat(Pages.read(transaction, 90)).isEqualTo(Pages.of(SIZE, 1090));
      transaction.commit(CommitOptions.NONE);
    }
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(Pages.read(snapshot, 90)).isEqualTo(Pages.of(SIZE, 1090));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("staged-"));
    }
  }
}
