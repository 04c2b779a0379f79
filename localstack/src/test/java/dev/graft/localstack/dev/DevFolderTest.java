package dev.graft.localstack.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.auth.KeyRing;
import dev.graft.cli.Failures;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.localstack.dev.DevFolder.KeptToken;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of {@code graft dev} that cannot be used are named. */
class DevFolderTest {
  private static final byte[] NO_TEXT = {'{', (byte) 0xC3, (byte) 0x28, 0, (byte) 0xFF};

  @TempDir private Path temporary;
  private final InstantSource clock = InstantSource.system();
  private final ObjectStore store = new MemoryObjectStore(clock);
  private DevFolder folder;

  @BeforeEach
  void open() throws IOException {
    folder = DevFolder.open(temporary.resolve("d"));
  }

  @AfterEach
  void close() throws IOException {
    folder.close();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(temporary.resolve(name), bytes);
  }

  private void assertNoKeys(Path file, String words) {
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> folder.keys(file, new Random(1)))
        .withMessageStartingWith(file.toString())
        .withMessageContaining(words);
  }

  @Test
  void keys_ofAFileThatHoldsNone_nameTheFile() throws IOException {
    assertNoKeys(file("bytes", NO_TEXT), " is no text: name another with --keys");
    assertNoKeys(file("text", new byte[] {'h', 'i'}), ": the key ring is no JSON");
    assertNoKeys(file("large", new byte[70_000]), " has more than 65536 bytes");
    Path none = temporary.resolve("none");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> folder.keys(none, new Random(1)))
        .satisfies(e ->
            assertThat(Failures.tell(e)).isEqualTo(new Failures.Told("no such file: " + none, 4)));
    Path directory = Files.createDirectory(temporary.resolve("directory"));
    assertNoKeys(directory, " is a folder, where a file has to be");
  }

  @Test
  void keys_ofItsOwnThatAreNoText_nameTheFile() throws IOException {
    Path own = file("d/keys.json", NO_TEXT);
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> folder.keys(null, new Random(1)))
        .withMessage(own + " is no text: move it away, and the next start makes a new one");
  }

  @Test
  void token_thatIsNoText_namesTheFile_andOneThatIsNoTokenIsReplaced() throws IOException {
    KeyRing keys = folder.keys(null, new Random(1));
    Path token = file("d/admin-token", NO_TEXT);
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> folder.token(keys, store, new Random(2), clock))
        .withMessageStartingWith(token + " is no text: move it away");
    assertThat(token).hasBinaryContent(NO_TEXT);
    file("d/admin-token", new byte[] {'h', 'i'});
    KeptToken made = folder.token(keys, store, new Random(2), clock);
    assertThat(made.replaced()).isNotEmpty();
    assertThat(folder.token(keys, store, new Random(3), clock).token()).isEqualTo(made.token());
  }

  @Test
  void fill_whereTheDiskIsFull_namesTheFile() {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "skipped: this system has no /dev/full");
    assertThatExceptionOfType(GraftException.Limit.class)
        .isThrownBy(() -> DevFolder.fill(full, "text"))
        .withMessage("the disk is full: /dev/full cannot grow; make room and try again");
  }
}
