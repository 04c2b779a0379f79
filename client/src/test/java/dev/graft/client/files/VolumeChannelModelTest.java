package dev.graft.client.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.Embedded;
import dev.graft.client.Replica;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories on a channel and on a plain file: every answer is the same. */
@Timeout(60)
final class VolumeChannelModelTest {
  private static final int STEPS = 400;
  private static final int REACH = 40_000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void history_seeded_isThatOfAPlainFile(long seed) throws IOException {
    System.out.println("volume channel model seed " + seed);
    Random random = new Random(seed);
    Path file = folder.resolve("model");
    Path committed = folder.resolve("committed");
    Files.write(committed, new byte[0]);
    try (var at = new Embedded(seed, new PageSize(512 << random.nextInt(4)));
        Replica replica = at.open()) {
      for (int transaction = 0; transaction < 12; transaction++) {
        Files.copy(committed, file, StandardCopyOption.REPLACE_EXISTING);
        try (VolumeChannel actual = VolumeChannel.over(replica.begin());
            FileChannel model =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          for (int step = 0; step < STEPS / 12; step++) {
            step(random, model, actual);
          }
          sameBytes(model, actual);
          if (random.nextInt(4) > 0) {
            actual.commit(CommitOptions.NONE);
            Files.copy(file, committed, StandardCopyOption.REPLACE_EXISTING);
          }
        }
        try (Replica fresh = at.open();
            VolumeChannel actual = VolumeChannel.over(fresh.snapshot());
            FileChannel model = FileChannel.open(committed, StandardOpenOption.READ)) {
          sameBytes(model, actual);
        }
      }
    }
  }

  private static void step(Random random, SeekableByteChannel model, SeekableByteChannel actual)
      throws IOException {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        byte[] content = new byte[random.nextInt(random.nextInt(6) == 0 ? 9_000 : 300)];
        random.nextBytes(content);
        if (random.nextInt(5) == 0) {
          java.util.Arrays.fill(content, (byte) 0);
        }
        // A plain file leaves the position of a write of nothing open; ours does, too.
        assertThat(actual.write(ByteBuffer.wrap(content)))
            .isEqualTo(model.write(ByteBuffer.wrap(content)));
      }
      case 3, 4 -> {
        int size = random.nextInt(3_000);
        ByteBuffer expected = ByteBuffer.allocateDirect(size);
        ByteBuffer got = random.nextBoolean() ? ByteBuffer.allocate(size) : expected.duplicate();
        if (got.isDirect()) {
          got = ByteBuffer.allocateDirect(size);
        }
        assertThat(actual.read(got)).isEqualTo(model.read(expected));
        assertThat(got.flip()).isEqualTo(expected.flip());
      }
      case 5, 6 -> {
        long position = random.nextInt(REACH);
        actual.position(position);
        model.position(position);
      }
      default -> {
        long size = random.nextInt(REACH);
        actual.truncate(size);
        model.truncate(size);
      }
    }
    assertThat(actual.size()).isEqualTo(model.size());
    assertThat(actual.position()).isEqualTo(model.position());
  }

  private static void sameBytes(SeekableByteChannel model, SeekableByteChannel actual)
      throws IOException {
    assertThat(actual.size()).isEqualTo(model.size());
    ByteBuffer expected = ByteBuffer.allocate((int) model.size());
    ByteBuffer got = ByteBuffer.allocate((int) model.size());
    model.position(0);
    actual.position(0);
    while (expected.hasRemaining() && model.read(expected) > 0) {}
    while (got.hasRemaining() && actual.read(got) > 0) {}
    assertThat(got.array()).isEqualTo(expected.array());
  }
}
