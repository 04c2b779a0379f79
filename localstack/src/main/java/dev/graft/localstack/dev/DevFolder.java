package dev.graft.localstack.dev;

import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.auth.SigningKey;
import dev.graft.auth.Token;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.TokenVerifier;
import dev.graft.auth.Verdict;
import dev.graft.auth.VolumeScope;
import dev.graft.client.folder.DiskTrouble;
import dev.graft.engine.store.ObjectStore;
import dev.graft.http.Action;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.TokenId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The folder that {@code graft dev} keeps its things in: the store when it is a folder, the key
 * ring and the first token, which nobody else may read. One process at a time has it.
 */
final class DevFolder implements AutoCloseable {
  private static final Duration TOKEN_LIFE = Duration.ofDays(90);

  /** A token that ends sooner is replaced at the start. */
  private static final Duration LEAST_LIFE = Duration.ofDays(7);

  /** Keys and tokens are smaller. */
  private static final int MAX_BYTES = 64 << 10;

  private final Path folder;
  private final FileChannel lock;

  private DevFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Opens it, and makes it when there is none.
   *
   * @throws GraftException.Unavailable when another process has it
   */
  static DevFolder open(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new GraftException.Misuse(folder + " is not a folder: name another with --dir");
    }
    Files.createDirectories(folder);
    FileChannel file =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = file.tryLock();
    } catch (OverlappingFileLockException inThisProcess) {
      // told below
    }
    if (lock == null) {
      file.close();
      throw new GraftException.Unavailable(
          "folder "
              + folder
              + " is in use by another graft dev: stop it, or name another with --dir");
    }
    return new DevFolder(folder, file);
  }

  Path path() {
    return folder;
  }

  /** Where objects lie when no other store is named. */
  Path store() {
    return folder.resolve("store");
  }

  /** Where a line for each request is written. */
  Path logFile() {
    return folder.resolve("requests.log");
  }

  Path tokenFile() {
    return folder.resolve("admin-token");
  }

  /**
   * The key ring: of a file, or of this folder, where one with a new key is made when there is
   * none.
   *
   * @param file null for this folder's
   */
  KeyRing keys(@Nullable Path file, RandomGenerator random) throws IOException {
    if (file != null) {
      refuseFolder(file, "name another with --keys");
      return keyRing(file, "name another with --keys");
    }
    Path own = folder.resolve("keys.json");
    if (!exists(own)) {
      write(own, new KeyRing(java.util.List.of(SigningKey.generate(random))).toJson());
    }
    return keyRing(own, "move it away, and the next start makes a new one");
  }

  private static KeyRing keyRing(Path file, String remedy) throws IOException {
    try {
      return KeyRing.parse(read(file, remedy));
    } catch (GraftException.Misuse wrong) {
      String said = String.valueOf(wrong.getMessage());
      throw said.startsWith(file.toString())
          ? wrong
          : new GraftException.Misuse(file + ": " + said);
    }
  }

  /**
   * The token in the token file.
   *
   * @param replaced why the one that was there before is not good any more; empty when this is that
   *     one, or the first
   */
  record KeptToken(Token token, String replaced) {
    /** A line that says that it is a new one; none when it is the one before, or the first. */
    Optional<String> newLine() {
      return replaced.isEmpty()
          ? Optional.empty()
          : Optional.of("         a new one, for the one before is not good any more: " + replaced);
    }
  }

  /**
   * Sees to a token for everything in the token file; one that is good for a while stays.
   *
   * @param store that tells which tokens are revoked
   */
  KeptToken token(KeyRing keys, ObjectStore store, RandomGenerator random, InstantSource clock)
      throws IOException {
    Set<TokenId> revoked = new RevocationLog(store, clock).newest().tokens().keySet();
    Path file = tokenFile();
    String replaced = "";
    if (exists(file)) {
      Verdict verdict =
          new TokenVerifier(keys)
              .verify(
                  read(file, "move it away, and the next start makes a new token").strip(),
                  clock.instant());
      switch (verdict) {
        case Verdict.Refused refused -> replaced = refused.reason();
        case Verdict.Admitted(Token token) -> {
          if (revoked.contains(token.id())) {
            replaced = "token " + token.id() + " was revoked";
          } else if (!token.expires().isAfter(clock.instant().plus(LEAST_LIFE))) {
            replaced = "token " + token.id() + " was to end on " + token.expires();
          } else {
            return new KeptToken(token, "");
          }
        }
      }
    }
    Grant all = Grant.of(VolumeScope.ALL, EnumSet.allOf(Action.class)).withLabel("graft dev");
    var made = new TokenMaker(keys, random, clock).make(all, TOKEN_LIFE);
    Files.deleteIfExists(file);
    write(file, made.text() + "\n");
    return new KeptToken(made.token(), replaced);
  }

  /** Whether there is such a file; a folder in its place is told of. */
  private static boolean exists(Path file) {
    refuseFolder(file, "move it away, or name another with --dir");
    return Files.exists(file);
  }

  private static void refuseFolder(Path file, String remedy) {
    if (Files.isDirectory(file)) {
      throw new GraftException.Misuse(file + " is a folder, where a file has to be: " + remedy);
    }
  }

  /** Reads a small file of text. */
  private static String read(Path file, String remedy) throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new GraftException.Misuse(
            file
                + " has more than "
                + MAX_BYTES
                + " bytes, and is neither keys nor token: "
                + remedy);
      }
      return Files.readString(file);
    } catch (CharacterCodingException wrong) {
      throw new GraftException.Misuse(file + " is no text: " + remedy);
    } catch (FileSystemException told) {
      throw told;
    } catch (IOException unnamed) {
      throw DiskTrouble.reading(file, unnamed);
    }
  }

  /** Writes a new file that its owner alone may read. */
  private static void write(Path file, String text) throws IOException {
    FileAttribute<?>[] ownerOnly =
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try {
      Files.createFile(fresh, ownerOnly);
    } catch (FileAlreadyExistsException e) {
      throw new GraftException.Unavailable("another process writes " + fresh + ": try again");
    }
    fill(fresh, text);
    Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  /** Writes a file, or says which one could not be. */
  static void fill(Path fresh, String text) throws IOException {
    try {
      Files.writeString(fresh, text);
    } catch (FileSystemException told) {
      throw told;
    } catch (IOException unnamed) {
      throw DiskTrouble.writing(fresh, unnamed);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
