package dev.graft.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients ask of a disk, on a real one and on the simulated one. */
abstract class DiskContract {
  /** What is tried in a folder that is there and empty. */
  interface Trial {
    void run(Path folder) throws Exception;
  }

  abstract void on(Trial trial) throws Exception;

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    int got = channel.read(target, at);
    return got < 0 ? "end" : new String(target.array(), 0, got, StandardCharsets.UTF_8);
  }

  @Test
  void write_anywhere_isReadAndTheGapIsZeros() throws Exception {
    on(folder -> {
      try (FileChannel file = open(folder.resolve("f"))) {
        assertThat(file.write(bytes("world"), 6)).isEqualTo(5);
        assertThat(file.write(bytes("hello"), 0)).isEqualTo(5);
        assertThat(file.size()).isEqualTo(11);
        assertThat(text(file, 0, 20)).isEqualTo("hello\0world");
        assertThat(text(file, 8, 2)).isEqualTo("rl");
        assertThat(text(file, 11, 2)).isEqualTo("end");
        file.write(bytes("HE"), 0);
        assertThat(text(file, 0, 5)).isEqualTo("HEllo");
      }
      assertThat(Files.size(folder.resolve("f"))).isEqualTo(11);
    });
  }

  @Test
  void truncate_thenWriteBeyond_showsZerosAndNotWhatWasThere() throws Exception {
    on(folder -> {
      try (FileChannel file = open(folder.resolve("f"))) {
        file.write(bytes("0123456789"), 0);
        file.truncate(4);
        assertThat(file.size()).isEqualTo(4);
        file.truncate(100);
        assertThat(file.size()).isEqualTo(4);
        file.write(bytes("x"), 8);
        assertThat(text(file, 0, 20)).isEqualTo("0123\0\0\0\0x");
        file.force(false);
      }
    });
  }

  @Test
  void open_whatIsNotThereOrThere_isToldByItsKind() throws Exception {
    on(folder -> {
      Path path = folder.resolve("f");
      assertThatExceptionOfType(NoSuchFileException.class)
          .isThrownBy(() -> FileChannel.open(path, StandardOpenOption.READ));
      assertThat(Files.exists(path)).isFalse();
      assertThat(Files.deleteIfExists(path)).isFalse();
      FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() ->
              FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
      assertThatExceptionOfType(NoSuchFileException.class)
          .isThrownBy(() -> open(folder.resolve("none").resolve("f")));
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() -> Files.createDirectories(path));
      assertThat(Files.exists(path)).isTrue();
      assertThat(Files.isDirectory(path)).isFalse();
    });
  }

  @Test
  void move_ontoAnOpenFile_replacesItAndLeavesItReadable() throws Exception {
    on(folder -> {
      Path old = folder.resolve("log");
      Path fresh = folder.resolve("log.new");
      try (FileChannel before = open(old);
          FileChannel after = open(fresh)) {
        before.write(bytes("before"), 0);
        after.write(bytes("after"), 0);
        Files.move(fresh, old, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(Files.exists(fresh)).isFalse();
        after.write(bytes("!"), 5);
        assertThat(text(before, 0, 9)).isEqualTo("before");
      }
      try (FileChannel now = open(old)) {
        assertThat(text(now, 0, 9)).isEqualTo("after!");
      }
    });
  }

  @Test
  void delete_openFile_staysReadableAndItsNameIsFree() throws Exception {
    on(folder -> {
      Path path = folder.resolve("f");
      try (FileChannel file = open(path)) {
        file.write(bytes("old"), 0);
        assertThat(Files.deleteIfExists(path)).isTrue();
        try (FileChannel other = open(path)) {
          assertThat(other.size()).isZero();
        }
        assertThat(text(file, 0, 9)).isEqualTo("old");
      }
    });
  }

  @Test
  void folders_areMadeListedSyncedAndRemovedWhenEmpty() throws Exception {
    on(folder -> {
      Path deep = folder.resolve("a").resolve("b");
      Files.createDirectories(deep);
      Files.createDirectories(deep);
      for (String name : List.of("seg-2", "seg-1", "other")) {
        open(deep.resolve(name)).close();
      }
      List<String> names = new ArrayList<>();
      try (DirectoryStream<Path> found = Files.newDirectoryStream(deep, "seg-*")) {
        found.forEach(path -> names.add(path.getFileName().toString()));
      }
      assertThat(names).containsExactlyInAnyOrder("seg-1", "seg-2");
      assertThat(Files.isDirectory(deep)).isTrue();
      try (FileChannel channel = FileChannel.open(deep, StandardOpenOption.READ)) {
        channel.force(true);
      }
      assertThatExceptionOfType(DirectoryNotEmptyException.class)
          .isThrownBy(() -> Files.delete(deep));
      for (String name : List.of("seg-2", "seg-1", "other")) {
        Files.delete(deep.resolve(name));
      }
      Files.delete(deep);
      assertThat(Files.exists(deep)).isFalse();
    });
  }

  @Test
  @SuppressWarnings("try")
  void tryLock_heldFile_isRefusedUntilItIsClosed() throws Exception {
    on(folder -> {
      Path path = folder.resolve("lock");
      try (FileChannel mine = open(path);
          FileChannel other = open(path)) {
        assertThat(mine.tryLock()).isNotNull();
        assertThatExceptionOfType(OverlappingFileLockException.class).isThrownBy(other::tryLock);
        mine.close();
        assertThat(other.tryLock()).isNotNull();
      }
    });
  }

  @Test
  void map_beyondTheEnd_showsZerosAndLaterWrites() throws Exception {
    on(folder -> {
      try (FileChannel file = open(folder.resolve("pages"));
          Arena arena = Arena.ofShared()) {
        file.write(bytes("abc"), 0);
        MemorySegment mapped = file.map(FileChannel.MapMode.READ_ONLY, 0, 8_192, arena);
        assertThat(file.size()).isEqualTo(8_192);
        assertThat(mapped.get(ValueLayout.JAVA_BYTE, 1)).isEqualTo((byte) 'b');
        assertThat(mapped.get(ValueLayout.JAVA_BYTE, 5_000)).isZero();
        file.write(bytes("x"), 5_000);
        assertThat(mapped.get(ValueLayout.JAVA_BYTE, 5_000)).isEqualTo((byte) 'x');
      }
    });
  }
}
