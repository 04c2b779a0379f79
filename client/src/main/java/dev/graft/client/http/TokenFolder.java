package dev.graft.client.http;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tokens of forks, kept beside the replica that needs them: the file {@code tokens}, which its
 * owner alone can read, with a line {@code VOLUME TOKEN} for each.
 */
public final class TokenFolder {
  private static final String FILE = "tokens";
  private static final int MAX_BYTES = 1 << 20;
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private TokenFolder() {}

  /**
   * The tokens that were saved in a replica's folder; none when there are none.
   *
   * @throws GraftException.Unavailable when the file cannot be read
   */
  public static Map<VolumeId, String> load(Path folder) {
    Path file = folder.resolve(FILE);
    Map<VolumeId, String> tokens = new LinkedHashMap<>();
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new GraftException.Misuse(file + " is longer than a file of tokens can be");
      }
      for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
        int space = line.indexOf(' ');
        if (space > 0) {
          tokens.put(VolumeId.parse(line.substring(0, space)), line.substring(space + 1).strip());
        }
      }
      return tokens;
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (IOException e) {
      throw new GraftException.Unavailable("cannot read " + file, e);
    }
  }

  /**
   * Adds a token, in the place of an earlier one for the same volume. Atomic.
   *
   * @param folder made when it is not there
   * @throws GraftException.Unavailable when it cannot be written
   */
  public static void save(Path folder, VolumeId volume, String token) {
    Map<VolumeId, String> tokens = new LinkedHashMap<>(load(folder));
    tokens.put(volume, token);
    StringBuilder lines = new StringBuilder();
    tokens.forEach((key, value) -> lines.append(key).append(' ').append(value).append('\n'));
    Path file = folder.resolve(FILE);
    Path next = folder.resolve(FILE + ".next");
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(next);
      create(next);
      Files.writeString(next, lines, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new GraftException.Unavailable("cannot save the token of " + volume + " to " + file, e);
    }
  }

  /** With its mode from the first instant on; where there are no modes, as the folder gives it. */
  private static void create(Path file) throws IOException {
    try {
      Files.newByteChannel(
              file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)
          .close();
    } catch (UnsupportedOperationException e) {
      Files.createFile(file);
    }
  }
}
