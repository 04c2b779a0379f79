package dev.graft.cli;

import dev.graft.auth.KeyRing;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file of a key ring: for its owner alone, and never half written. */
final class KeyFile {
  /** The environment variable that names the file when the command line does not. */
  static final String VARIABLE = "GRAFT_KEYS";

  /** How the command line tells of it. */
  static final String HELP = "The file of the key ring (default: the one that GRAFT_KEYS names).";

  private static final int MAX_BYTES = 64 << 10;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path file;

  private KeyFile(Path file) {
    this.file = file;
  }

  /** The file of the command line. */
  static KeyFile at(Surroundings surroundings, String path) {
    return new KeyFile(surroundings.resolve(path).toAbsolutePath());
  }

  /** Whether an option or the environment names a file. */
  static boolean isNamed(Surroundings surroundings, @Nullable String option) {
    return option != null || !surroundings.environment().getOrDefault(VARIABLE, "").isEmpty();
  }

  /** The file that an option or the environment names. */
  static KeyFile find(Surroundings surroundings, @Nullable String option) {
    String path = option == null ? surroundings.environment().getOrDefault(VARIABLE, "") : option;
    if (path.isEmpty()) {
      throw Failure.usage(
          "name the file of the key ring with --keys or in GRAFT_KEYS ('graft token keys --init"
              + " FILE' makes one)");
    }
    return at(surroundings, path);
  }

  /** Reads it; says beside the answer when others may read it, too. */
  KeyRing read(Terminal terminal) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw Failure.usage(file + " has more than " + MAX_BYTES + " bytes: that is no key ring");
    }
    if (isPosix() && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      terminal.note("graft: others can read " + file + ", too: 'chmod 600 " + file + "'");
    }
    try {
      return KeyRing.parse(Files.readString(file, StandardCharsets.UTF_8));
    } catch (GraftException.Misuse wrong) {
      throw Failure.usage(file + ": " + wrong.getMessage());
    } catch (java.nio.charset.CharacterCodingException wrong) {
      throw Failure.usage(file + " is no text: that is no key ring");
    }
  }

  /** Writes a file that is not there. */
  void create(KeyRing ring) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Path unfinished = write(ring);
    try {
      // A link, and not a move: it fails when another process made the file meanwhile.
      Files.createLink(file, unfinished);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Writes it anew. */
  void replace(KeyRing ring) throws IOException {
    Path unfinished = write(ring);
    try {
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private Path write(KeyRing ring) throws IOException {
    Path folder = Objects.requireNonNull(file.getParent(), "a file has a folder");
    Path unfinished = folder.resolve("." + file.getFileName() + ".unfinished-" + System.nanoTime());
    FileAttribute<?>[] owned =
        isPosix()
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(unfinished, options, owned)) {
      ByteBuffer bytes = ByteBuffer.wrap(ring.toJson().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    return unfinished;
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
