package dev.graft.client.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.CommitOptions;
import dev.graft.client.Embedded;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The pages of a volume of files, byte by byte: the golden file pins them. {@code
 * -Dgraft.golden.write=true} writes it anew, which is a new format.
 */
@Timeout(60)
final class FilesLayoutTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "files.bin");
  private static final Path GOLDEN_LENGTH =
      Path.of("src", "test", "resources", "golden", "length-page.bin");

  private static void put(FilesEdit edit, String path, byte[] content) throws IOException {
    edit.put(
        new FilePath(path),
        content.length,
        Instant.ofEpochMilli(1_793_534_400_123L),
        Channels.newChannel(new ByteArrayInputStream(content)));
  }

  /** Four files; one was removed, one has grown around another. */
  private static byte[] sample() throws IOException {
    byte[] letters =
        "a line of text, again and again\n".repeat(40).getBytes(StandardCharsets.US_ASCII);
    try (var at = new Embedded(1, SIZE);
        Replica replica = at.open()) {
      try (FilesEdit edit = FilesEdit.in(replica.begin())) {
        put(edit, "gone", new byte[600]);
        put(edit, "notes/a.txt", letters);
        put(edit, "empty", new byte[0]);
        put(edit, "Łódź.txt", "abc".getBytes(StandardCharsets.US_ASCII));
        edit.commit(CommitOptions.NONE);
      }
      try (FilesEdit edit = FilesEdit.in(replica.begin())) {
        edit.remove(new FilePath("gone"));
        put(edit, "notes/a.txt", java.util.Arrays.copyOf(letters, 2000));
        put(edit, "seven", "seven".getBytes(StandardCharsets.US_ASCII));
        edit.commit(CommitOptions.NONE);
      }
      ByteArrayOutputStream pages = new ByteArrayOutputStream();
      try (Snapshot snapshot = replica.snapshot()) {
        byte[] page = new byte[SIZE.bytes()];
        for (long idx = 1; idx <= snapshot.pageCount().value(); idx++) {
          snapshot.read(idx, 0, MemorySegment.ofArray(page), 0, page.length);
          pages.writeBytes(page);
        }
      }
      return pages.toByteArray();
    }
  }

  private static byte[] golden(Path file, byte[] actual) {
    try {
      if (Boolean.getBoolean("graft.golden.write")) {
        Files.createDirectories(file.getParent());
        Files.write(file, actual);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Directory load(byte[] volume) {
    Directory.Pages pages =
        (idx, offset, target, targetOffset, length) ->
            MemorySegment.copy(
                MemorySegment.ofArray(volume),
                (idx - 1) * SIZE.bytes() + offset,
                target,
                targetOffset,
                length);
    return VolumeFiles.directory(
        pages,
        new dev.graft.protocol.id.VolumeId(1, 2),
        SIZE,
        new PageCount(volume.length / SIZE.bytes()));
  }

  @Test
  void golden_isWhatAnEditWrites_andReads() throws IOException {
    byte[] sample = sample();
    byte[] golden = golden(GOLDEN, sample);
    assertThat(sample).isEqualTo(golden);
    List<StoredFile> files = load(golden).files();
    assertThat(files.stream().map(file -> file.path().value()))
        .containsExactly("empty", "notes/a.txt", "seven", "Łódź.txt");
    assertThat(files.get(1).bytes()).isEqualTo(2000);
    assertThat(files.get(1).runs()).hasSize(2);
    assertThat(files.get(2).sha256())
        .isEqualTo(Hash.sha256("seven".getBytes(StandardCharsets.US_ASCII)));
    assertThat(golden(GOLDEN_LENGTH, LengthPage.encode(1_000, SIZE.bytes())))
        .isEqualTo(LengthPage.encode(1_000, SIZE.bytes()));
  }

  @Test
  void damage_ofAnyByteOfTheDirectory_isFound() throws IOException {
    byte[] volume = sample();
    // Page 1, and the one directory page.
    long directoryPage = new FilesLayout(SIZE).readFirstPage(volume(volume, 1)).getFirst().first();
    Random random = new Random(5);
    int refused = 0;
    for (long page : new long[] {1, directoryPage}) {
      for (int i = 0; i < SIZE.bytes(); i++) {
        int byteAt = (int) (page - 1) * SIZE.bytes() + i;
        byte[] damaged = volume.clone();
        damaged[byteAt] ^= (byte) (1 + random.nextInt(255));
        try {
          load(damaged);
          throw new AssertionError("byte " + byteAt + " was changed and nobody saw it");
        } catch (GraftException.Corrupt | GraftException.Misuse found) {
          refused++;
        }
      }
    }
    assertThat(refused).isEqualTo(2 * SIZE.bytes());
  }

  private static byte[] volume(byte[] all, long page) {
    return java.util.Arrays.copyOfRange(
        all, (int) (page - 1) * SIZE.bytes(), (int) page * SIZE.bytes());
  }

  private static StoredFile file(String name, long bytes, PageRun... runs) {
    return new StoredFile(
        new FilePath(name), bytes, Instant.EPOCH, Hash.sha256(new byte[0]), List.of(runs));
  }

  private static byte[] volume(StoredFile... files) {
    FilesLayout layout = new FilesLayout(SIZE);
    byte[] all = new byte[10 * SIZE.bytes()];
    System.arraycopy(layout.firstPage(List.of(new PageRun(2, 1))), 0, all, 0, SIZE.bytes());
    System.arraycopy(layout.directoryPage(List.of(files)), 0, all, SIZE.bytes(), SIZE.bytes());
    return all;
  }

  @Test
  void entries_thatCannotBe_areRefused() {
    assertThat(load(volume(file("a", 600, new PageRun(3, 2)))).files()).hasSize(1);
    StoredFile[][] wrong = {
      {file("a", 600, new PageRun(3, 3))},
      {file("a", 600, new PageRun(10, 2))},
      {file("a", 600, new PageRun(2, 2))},
      {file("a", 600, new PageRun(1, 1), new PageRun(3, 1))},
      {file("a", 600, new PageRun(3, 2)), file("b", 100, new PageRun(4, 1))},
      {file("a", 0), file("a", 0)},
    };
    for (StoredFile[] files : wrong) {
      assertThatExceptionOfType(GraftException.Corrupt.class).isThrownBy(() -> load(volume(files)));
    }
  }

  @Test
  void newerVersion_asksForANewerRelease() {
    byte[] all = volume(file("a", 0));
    all[5] = 2;
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> load(all))
        .withMessageContaining("newer release");
  }
}
