package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Local transactions of a replica on a folder: what is there after it was closed or killed. */
final class FolderLocalTest extends LocalContract {
  @TempDir Path root;
  private int homes;

  @Override
  ReplicaOptions home(ReplicaOptions options) {
    return options.on(root.resolve("home" + homes++));
  }

  private Replica openAt(String name) {
    return open(ReplicaOptions.inMemory(remote, volume, concurrency, ids).on(root.resolve(name)));
  }

  private Path logOf(String name) {
    return root.resolve(name).resolve("local").resolve("log");
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
  void reopen_withLocalCommits_hasThemWithoutARequest() {
    Replica first = openAt("a");
    committed(first, 1, 1, 2, 3);
    local(first, 1, 11);
    local(first, 3, 33, 44);
    first.close();
    fake.refusedRequests = Integer.MAX_VALUE;
    Replica again = openAt("a");
    assertPage(again, 1, 11);
    assertPage(again, 2, 2);
    assertPage(again, 4, 44);
    assertThat(again.pending()).hasSize(2);
    assertThat(again.status().state()).isEqualTo(ReplicaStatus.State.AHEAD);
    fake.refusedRequests = 0;
    assertThat(again.push(new Policy.Reject())).isInstanceOf(PushResult.Pushed.class);
    again.close();
    Replica third = openAt("a");
    assertThat(third.pending()).isEmpty();
    assertThat(third.status().position().lsn()).isEqualTo(new Lsn(2));
    assertPage(third, 4, 44);
  }

  @Test
  void reopen_afterARefusedPush_knowsThatOthersWereFirst() {
    Replica first = openAt("refused");
    committed(first, 1, 1, 2, 3, 4);
    local(first, 1, 11);
    committed(open(), 4, 104);
    assertThat(first.push(new Policy.Reject())).isInstanceOf(PushResult.Conflict.class);
    first.close();
    fake.refusedRequests = Integer.MAX_VALUE;
    Replica again = openAt("refused");
    assertThat(again.status().state()).isEqualTo(ReplicaStatus.State.AHEAD_AND_BEHIND);
    assertPage(again, 1, 11);
    fake.refusedRequests = 0;
  }

  @Test
  void reopen_largeLocalCommit_hasItAndPushesIt() {
    Replica first = openAt("large");
    long[] seeds = new long[500];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = 10_000 + i;
    }
    local(first, 1, seeds);
    first.close();
    Replica again = openAt("large");
    assertPage(again, 500, 10_499);
    again.push(new Policy.Reject());
    assertPage(open(), 499, 10_498);
    assertPage(again, 1, 10_000);
    assertThat(segments("large")).isZero();
  }

  private long segments(String name) {
    try (Stream<Path> files = Files.list(root.resolve(name).resolve("local"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("seg-")).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void reopen_tornEnd_losesTheLastRecordOnly() throws IOException {
    Replica first = openAt("torn");
    committed(first, 1, 1, 2);
    local(first, 1, 11);
    local(first, 2, 22);
    first.close();
    try (FileChannel channel = FileChannel.open(logOf("torn"), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 5);
    }
    Replica again = openAt("torn");
    assertPage(again, 1, 11);
    assertPage(again, 2, 2);
    assertThat(again.pending()).hasSize(1);
  }

  @Test
  void reopen_damagedMiddle_isRefusedAndSaysWhatToDo() throws IOException {
    Replica first = openAt("hurt");
    committed(first, 1, 1, 2);
    local(first, 1, 11);
    local(first, 2, 22);
    first.close();
    damage(logOf("hurt"), 60);
    assertThatExceptionOfType(GraftException.Corrupt.class)
        .isThrownBy(() -> openAt("hurt"))
        .withMessageContaining("nobody else has them")
        .withMessageContaining("move");
  }

  @Test
  void reopen_cachedLocalPageDamaged_isReadFromTheLogAgain() throws IOException {
    Replica first = openAt("cache");
    committed(first, 1, 1);
    local(first, 1, 11);
    first.close();
    try (Stream<Path> files = Files.list(root.resolve("cache"))) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("pages-")).toList()) {
        for (int at = 0; at < 3 * SIZE.bytes(); at += 512) {
          damage(file, at);
        }
      }
    }
    fake.refusedRequests = Integer.MAX_VALUE;
    Replica again = openAt("cache");
    assertPage(again, 1, 11);
  }

  @Test
  void reopen_standingTornBelowLocalCommits_isAskedForAgain() throws IOException {
    Replica first = openAt("below");
    committed(first, 1, 1, 2);
    committed(first, 2, 22);
    local(first, 1, 11);
    first.close();
    Path standing = root.resolve("below").resolve("standing");
    try (FileChannel channel = FileChannel.open(standing, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 3);
    }
    Replica again = openAt("below");
    assertPage(again, 1, 11);
    assertPage(again, 2, 22);
    assertThat(again.status().position().lsn()).isEqualTo(new Lsn(2));
    assertThat(again.push(new Policy.Reject())).isInstanceOf(PushResult.Pushed.class);
  }

  @Test
  void reopen_withMutations_replaysThem() {
    Replica first = openAt("again");
    committed(first, 1, 1, 2, 3);
    try (Transaction transaction = first.begin()) {
      Pages.write(transaction, 2, Pages.of(SIZE, 22));
      transaction.commit(LOCAL.with(new Mutation("put", new byte[] {2, 33})));
    }
    first.close();
    committed(open(), 2, 77);
    Replica again = openAt("again");
    Replayer puts =
        (mutation, onto) -> {
          assertThat(mutation.name()).isEqualTo("put");
          assertThat(Pages.read(onto, 2)).isEqualTo(Pages.of(SIZE, 77));
          Pages.write(onto, mutation.arguments()[0], Pages.of(SIZE, mutation.arguments()[1]));
        };
    assertThat(again.push(new Policy.Merge())).isInstanceOf(PushResult.Conflict.class);
    assertThat(again.push(new Policy.Replay(puts))).isInstanceOf(PushResult.Pushed.class);
    assertPage(again, 2, 33);
    assertPage(open(), 2, 33);
  }
}
