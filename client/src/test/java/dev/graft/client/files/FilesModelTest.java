package dev.graft.client.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Embedded;
import dev.graft.client.RemoteUnderTest;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.page.PageSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random edits on a volume of files and on a plain map: after every commit they hold the same. */
@Timeout(60)
final class FilesModelTest {
  private static final int EDITS = 40;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void edits_seeded_leaveWhatAMapHolds(long seed) throws IOException {
    System.out.println("files model seed " + seed);
    Random random = new Random(seed);
    PageSize pageSize = new PageSize(512 << random.nextInt(4));
    List<Map<String, byte[]>> history = new ArrayList<>();
    history.add(Map.of());
    try (var at = new Embedded(seed, pageSize);
        Replica replica = at.open()) {
      TreeMap<String, byte[]> model = new TreeMap<>();
      for (int i = 0; i < RemoteUnderTest.steps(EDITS); i++) {
        TreeMap<String, byte[]> after = new TreeMap<>(model);
        try (FilesEdit edit = FilesEdit.in(replica.begin())) {
          int steps = 1 + random.nextInt(random.nextInt(8) == 0 ? 60 : 4);
          for (int step = 0; step < steps; step++) {
            edit(random, edit, after, pageSize);
          }
          if (random.nextInt(6) == 0) {
            continue;
          }
          if (edit.commit(CommitOptions.NONE) instanceof CommitResult.Committed) {
            model = after;
            history.add(model);
          } else {
            assertThat(after).as("nothing to commit").isEqualTo(model);
          }
        }
        try (Snapshot snapshot = replica.snapshot()) {
          check(snapshot, model);
          requireTight(snapshot, pageSize);
        }
      }
      try (Replica fresh = at.open();
          Snapshot head = fresh.snapshot();
          Snapshot past = fresh.at(new dev.graft.protocol.id.Lsn(history.size() / 2))) {
        check(head, model);
        check(past, history.get(history.size() / 2));
      }
    }
  }

  private static void edit(
      Random random, FilesEdit edit, Map<String, byte[]> after, PageSize pageSize)
      throws IOException {
    String name = "d" + random.nextInt(4) + "/f" + random.nextInt(random.nextInt(4) == 0 ? 400 : 8);
    if (random.nextInt(5) == 0) {
      assertThat(edit.remove(new FilePath(name))).isEqualTo(after.remove(name) != null);
      return;
    }
    byte[] content = content(random, after.get(name), pageSize.bytes());
    StoredFile file =
        edit.put(
            new FilePath(name),
            content.length,
            Instant.ofEpochMilli(random.nextLong(1L << 40)),
            Channels.newChannel(new ByteArrayInputStream(content)));
    assertThat(file.sha256()).isEqualTo(Hash.sha256(content));
    after.put(name, content);
  }

  /** Something new, or what was there with a change, longer or shorter. */
  private static byte[] content(Random random, byte @Nullable [] before, int pageBytes) {
    int length = random.nextInt(random.nextInt(5) == 0 ? 60 * pageBytes : 5 * pageBytes);
    if (random.nextInt(6) == 0) {
      length -= length % pageBytes;
    }
    byte[] content = new byte[length];
    if (random.nextInt(8) > 0) {
      random.nextBytes(content);
    }
    if (before != null && random.nextInt(3) > 0) {
      System.arraycopy(before, 0, content, 0, Math.min(before.length, length));
      if (length > 0) {
        content[random.nextInt(length)]++;
      }
    }
    return content;
  }

  private static void check(Snapshot snapshot, Map<String, byte[]> model) throws IOException {
    VolumeFiles files = VolumeFiles.of(snapshot);
    assertThat(files.list().stream().map(file -> file.path().value()).toList())
        .isEqualTo(List.copyOf(new TreeMap<>(model).keySet()));
    for (StoredFile file : files.list()) {
      byte[] expected = Objects.requireNonNull(model.get(file.path().value()));
      ByteBuffer content = ByteBuffer.allocate(expected.length);
      try (SeekableByteChannel channel = files.open(file)) {
        assertThat(channel.size()).isEqualTo(expected.length);
        while (content.hasRemaining() && channel.read(content) > 0) {}
      }
      assertThat(content.array()).as("%s", file).isEqualTo(expected);
      assertThat(file.sha256()).isEqualTo(Hash.sha256(expected));
    }
  }

  /** Pages that no file uses are zeros, and the volume ends with its last used page. */
  private static void requireTight(Snapshot snapshot, PageSize pageSize) {
    Directory directory =
        VolumeFiles.directory(snapshot::read, snapshot.volume(), pageSize, snapshot.pageCount());
    if (snapshot.pageCount().value() == 0) {
      return;
    }
    assertThat(snapshot.pageCount().value()).isEqualTo(directory.free().last());
    byte[] page = new byte[pageSize.bytes()];
    for (long idx = 1; idx <= snapshot.pageCount().value(); idx++) {
      if (!directory.free().isUsed(idx)) {
        snapshot.read(idx, 0, java.lang.foreign.MemorySegment.ofArray(page), 0, page.length);
        assertThat(page).as("page %d", idx).containsOnly(0);
      }
    }
  }
}
