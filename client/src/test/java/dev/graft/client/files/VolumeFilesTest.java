package dev.graft.client.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Embedded;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.client.count.Counts;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in volumes: what is written, what is read, what is refused. */
@Timeout(60)
final class VolumeFilesTest {
  private static final PageSize SIZE = PageSize.DEFAULT;
  private static final Instant TIME = Instant.parse("2026-11-21T12:00:00Z");

  private Embedded at;
  private Replica replica;

  @BeforeEach
  void open() {
    at = new Embedded(1, SIZE);
    replica = at.open();
  }

  @AfterEach
  void close() {
    replica.close();
    at.close();
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static ReadableByteChannel channel(byte[] content) {
    return Channels.newChannel(new ByteArrayInputStream(content));
  }

  private static StoredFile put(FilesEdit edit, String path, byte[] content) throws IOException {
    return edit.put(new FilePath(path), content.length, TIME, channel(content));
  }

  private StoredFile put(String path, byte[] content) throws IOException {
    try (FilesEdit edit = FilesEdit.in(replica.begin())) {
      StoredFile file = put(edit, path, content);
      assertThat(edit.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
      return file;
    }
  }

  private long pagesWritten() {
    return replica.log(1).commits().getFirst().pagesWritten();
  }

  private static byte[] content(VolumeFiles files, String path) throws IOException {
    StoredFile file = files.find(new FilePath(path)).orElseThrow();
    ByteBuffer target = ByteBuffer.allocate((int) file.bytes());
    try (SeekableByteChannel channel = files.open(file)) {
      while (target.hasRemaining() && channel.read(target) > 0) {}
    }
    return target.array();
  }

  @Test
  void put_keepsPagesAligned_andTellsAboutTheFile() throws IOException {
    byte[] content = random(1, 3 * SIZE.bytes() + 10);
    StoredFile file = put("a/b.bin", content);
    assertThat(file.pages()).isEqualTo(4);
    assertThat(file.modified()).isEqualTo(TIME);
    try (Snapshot snapshot = replica.snapshot()) {
      VolumeFiles files = VolumeFiles.of(snapshot);
      assertThat(files.list()).containsExactly(file);
      assertThat(content(files, "a/b.bin")).isEqualTo(content);
      byte[] second = new byte[SIZE.bytes()];
      snapshot.read(
          file.runs().getFirst().first() + 1, 0, MemorySegment.ofArray(second), 0, second.length);
      assertThat(second).isEqualTo(Arrays.copyOfRange(content, SIZE.bytes(), 2 * SIZE.bytes()));
    }
  }

  @Test
  void put_ofAChangedFile_writesChangedPagesAndOneOfTheDirectory() throws IOException {
    byte[] content = random(2, 500 * SIZE.bytes());
    put("big", content);
    content[100 * SIZE.bytes() + 5]++;
    content[400 * SIZE.bytes()]++;
    put("big", content);
    assertThat(pagesWritten()).isEqualTo(3);
    byte[] longer = Arrays.copyOf(content, 500 * SIZE.bytes() + 1);
    longer[500 * SIZE.bytes()] = 7;
    put("big", longer);
    assertThat(pagesWritten()).isEqualTo(2);
    put("small", random(3, 10));
    assertThat(pagesWritten()).isEqualTo(2);
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(content(VolumeFiles.of(snapshot), "big")).isEqualTo(longer);
    }
  }

  @Test
  void put_takesThePagesThatAnotherGaveBack() throws IOException {
    put("first", random(4, 50 * SIZE.bytes()));
    put("second", random(5, 10));
    try (FilesEdit edit = FilesEdit.in(replica.begin())) {
      assertThat(edit.remove(new FilePath("first"))).isTrue();
      assertThat(edit.remove(new FilePath("first"))).isFalse();
      edit.commit(CommitOptions.NONE);
    }
    long pages = replica.status().pageCount().value();
    byte[] third = random(6, 40 * SIZE.bytes());
    StoredFile file = put("third", third);
    assertThat(replica.status().pageCount().value()).isEqualTo(pages);
    assertThat(file.runs()).hasSize(1);
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(content(VolumeFiles.of(snapshot), "third")).isEqualTo(third);
    }
  }

  @Test
  void file_thatGrowsBetweenOthers_staysInFewRuns() throws IOException {
    byte[] grown = random(7, 200 * SIZE.bytes());
    int mostRuns = 0;
    for (int i = 1; i <= 40; i++) {
      int runs = put("grows", Arrays.copyOf(grown, i * 5 * SIZE.bytes())).runs().size();
      mostRuns = Math.max(mostRuns, runs);
      put("between-" + i, random(i, 100));
    }
    try (Snapshot snapshot = replica.snapshot()) {
      VolumeFiles files = VolumeFiles.of(snapshot);
      assertThat(content(files, "grows")).isEqualTo(grown);
      assertThat(mostRuns).isBetween(2, StoredFile.MAX_RUNS);
      assertThat(content(files, "between-7")).isEqualTo(random(7, 100));
    }
  }

  @Test
  void coldGet_readsTheDirectoryAndThatFileAlone() throws IOException {
    try (FilesEdit edit = FilesEdit.in(replica.begin())) {
      for (int i = 0; i < 50; i++) {
        put(edit, "folder/file-" + i, random(i, 300_000));
      }
      edit.commit(CommitOptions.NONE);
    }
    Counts before = at.remote.counts();
    try (Replica cold = at.open();
        Snapshot snapshot = cold.snapshot()) {
      assertThat(content(VolumeFiles.of(snapshot), "folder/file-20"))
          .isEqualTo(random(20, 300_000));
    }
    Counts cost = at.remote.counts().minus(before);
    assertThat(cost.bytesIn()).isLessThan(800_000);
    assertThat(cost.requests()).isLessThanOrEqualTo(6);
  }

  @Test
  void coldGet_ofAPart_readsThatPartAlone() throws IOException {
    byte[] content = random(8, 20_000_000);
    put("big", content);
    Counts before = at.remote.counts();
    try (Replica cold = at.open();
        Snapshot snapshot = cold.snapshot()) {
      VolumeFiles files = VolumeFiles.of(snapshot);
      StoredFile file = files.find(new FilePath("big")).orElseThrow();
      try (SeekableByteChannel channel = files.open(file)) {
        ByteBuffer part = ByteBuffer.allocate(1000);
        channel.position(11_111_111).read(part);
        assertThat(part.array()).isEqualTo(Arrays.copyOfRange(content, 11_111_111, 11_112_111));
        assertThatExceptionOfType(NonWritableChannelException.class)
            .isThrownBy(() -> channel.write(ByteBuffer.allocate(1)));
      }
    }
    assertThat(at.remote.counts().minus(before).bytesIn()).isLessThan(600_000);
  }

  @Test
  void manyFiles_areFoundAgain_andOnePutMoreWritesTwoPages() throws IOException {
    try (FilesEdit edit = FilesEdit.in(replica.begin())) {
      for (int i = 0; i < 3_000; i++) {
        put(edit, "folder with a name/of some length/file number " + i, random(i, i % 40));
      }
      edit.commit(CommitOptions.NONE);
    }
    put("one more", random(1, 9));
    assertThat(pagesWritten()).isEqualTo(2);
    try (Replica cold = at.open();
        Snapshot snapshot = cold.snapshot()) {
      VolumeFiles files = VolumeFiles.of(snapshot);
      assertThat(files.list()).hasSize(3_001);
      assertThat(content(files, "folder with a name/of some length/file number 1234"))
          .isEqualTo(random(1234, 1234 % 40));
    }
  }

  @Test
  void edit_thatIsClosed_leavesNothing() throws IOException {
    put("kept", random(1, 5000));
    try (FilesEdit edit = FilesEdit.in(replica.begin())) {
      put(edit, "lost", random(2, 5000));
      edit.remove(new FilePath("kept"));
    }
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(VolumeFiles.of(snapshot).list()).hasSize(1);
      assertThat(content(VolumeFiles.of(snapshot), "kept")).isEqualTo(random(1, 5000));
    }
  }

  @Test
  void put_ofWhatIsThere_commitsNoContent() throws IOException {
    byte[] content = random(1, 50_000);
    put("same", content);
    put("same", content);
    assertThat(pagesWritten()).isLessThanOrEqualTo(1);
  }

  @Test
  void put_whoseContentHasAnotherLength_breaksTheEdit() throws IOException {
    for (int told : new int[] {99, 101}) {
      try (FilesEdit edit = FilesEdit.in(replica.begin())) {
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> edit.put(new FilePath("f"), told, TIME, channel(new byte[100])))
            .withMessageContaining("while it was read");
        assertThatExceptionOfType(GraftException.Misuse.class)
            .isThrownBy(() -> edit.commit(CommitOptions.NONE));
      }
    }
    assertThat(replica.status().position().lsn().value()).isZero();
  }

  @Test
  void put_atTheSameTimeAsAnother_isAConflict_andWorksAfterAPull() throws IOException {
    try (FilesEdit first = FilesEdit.in(replica.begin());
        FilesEdit second = FilesEdit.in(replica.begin())) {
      put(first, "a", random(1, 10));
      put(second, "b", random(2, 10));
      assertThat(first.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
      assertThat(second.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Conflict.class);
    }
    put("b", random(2, 10));
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(VolumeFiles.of(snapshot).list()).hasSize(2);
    }
  }

  @Test
  void volumeOfSomethingElse_isRefused_andTold() throws IOException {
    byte[] page = new byte[SIZE.bytes()];
    byte[] magic = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(magic, 0, page, 0, magic.length);
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(VolumeFiles.holding(snapshot)).isEqualTo(VolumeFiles.Holding.NOTHING);
      assertThat(VolumeFiles.of(snapshot).list()).isEmpty();
    }
    try (Transaction transaction = replica.begin()) {
      transaction.write(1, MemorySegment.ofArray(page), 0);
      transaction.commit(CommitOptions.NONE);
    }
    try (Snapshot snapshot = replica.snapshot();
        Transaction transaction = replica.begin()) {
      assertThat(VolumeFiles.holding(snapshot)).isEqualTo(VolumeFiles.Holding.OTHER);
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> VolumeFiles.of(snapshot))
          .withMessageContaining("SQLite database");
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> FilesEdit.in(transaction));
    }
  }

  @Test
  void names_ofFilesAndFolders_doNotMix() throws IOException {
    put("a/b/c", random(1, 10));
    put("a/b-c", random(1, 10));
    for (String wrong : new String[] {"a", "a/b", "a/b/c/d", "a/b-c/x"}) {
      assertThatExceptionOfType(GraftException.Misuse.class)
          .as(wrong)
          .isThrownBy(() -> put(wrong, new byte[1]));
    }
    put("a/b/d", random(1, 10));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\\b", "a\nb", "\ud800", "a\0"
      })
  void path_thatCouldLandElsewhere_isRefused(String path) {
    assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(() -> new FilePath(path));
  }

  @Test
  void path_ofAnyLetters_isTaken_upToItsLimit() throws IOException {
    put("Łódź/日本語 … 🦜.txt", random(1, 10));
    assertThat(new FilePath("x".repeat(1024)).parts()).hasSize(1);
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> new FilePath("é".repeat(513)));
    try (var small = new Embedded(3, new PageSize(512));
        Replica other = small.open();
        FilesEdit edit = FilesEdit.in(other.begin())) {
      put(edit, "y".repeat(240), random(1, 10_000));
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> put(edit, "y".repeat(241), new byte[1]));
      assertThat(edit.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    }
  }
}
