package dev.graft.sqlite;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a volume is, and where its replica lives.
 *
 * @param remote the address of the remote, for example {@code folder:/srv/store}
 * @param volume which volume there
 * @param folder of the replica; none for one in memory
 * @param parameters further settings for the remote, by name
 */
public record VolumeAddress(
    String remote, VolumeId volume, Optional<Path> folder, Map<String, String> parameters) {
  /** The file that names volumes: in the working folder, or in that of {@code GRAFT_HOME}. */
  public static final String CONFIG = "graft.json";

  private static final int MAX_CONFIG_BYTES = 1 << 20;
  private static final String REMOTE = "remote";
  private static final String VOLUME = "volume";
  private static final String DIR = "dir";
  private static final String FOLDER = "folder:";

  public VolumeAddress {
    parameters = Map.copyOf(parameters);
  }

  /** Tells replicas apart: the folder, or in memory the remote and volume. */
  String key() {
    return folder
        .map(path -> path.toAbsolutePath().normalize().toString())
        .orElse(remote + " " + volume);
  }

  /**
   * Finds a volume by name, in {@code graft.json} of the working folder or else of the folder that
   * the environment's {@code GRAFT_HOME} names; parameters override what stands there.
   *
   * @throws GraftException.NotFound when nothing tells where it is
   */
  static VolumeAddress find(String name, Map<String, String> overrides) {
    List<Path> folders = new java.util.ArrayList<>(List.of(Path.of("")));
    String home = System.getenv("GRAFT_HOME");
    if (home != null && !home.isEmpty()) {
      folders.add(Path.of(home));
    }
    return find(name, overrides, folders);
  }

  static VolumeAddress find(String name, Map<String, String> overrides, List<Path> folders) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Path folder : folders) {
      Map<String, String> found = named(folder.resolve(CONFIG), name);
      if (found != null) {
        settings.putAll(found);
        try {
          settings.computeIfPresent(DIR, (key, dir) -> folder.resolve(dir).toString());
          settings.computeIfPresent(REMOTE, (key, remote) -> resolved(remote, folder));
        } catch (InvalidPathException e) {
          throw new GraftException.Misuse(
              folder.resolve(CONFIG)
                  + ": '"
                  + name
                  + "' has a path that is none: "
                  + e.getReason());
        }
        break;
      }
    }
    settings.putAll(overrides);
    String remote = settings.remove(REMOTE);
    String volume = settings.remove(VOLUME);
    String dir = settings.remove(DIR);
    if (remote == null || volume == null) {
      throw new GraftException.NotFound(
          "nothing tells where '"
              + name
              + "' is: name it in "
              + CONFIG
              + " of the working folder or of GRAFT_HOME, or add remote= and volume= to the URL"
              + " (a plain file beside a volume is opened as file:PATH?vfs=unix)");
    }
    return new VolumeAddress(
        remote, VolumeId.parse(volume), Optional.ofNullable(dir).map(Path::of), settings);
  }

  /** A relative path in a configuration is relative to the configuration's folder. */
  private static String resolved(String remote, Path folder) {
    return remote.startsWith(FOLDER)
        ? FOLDER + folder.resolve(remote.substring(FOLDER.length())).toAbsolutePath().normalize()
        : remote;
  }

  private static @Nullable Map<String, String> named(Path config, String name) {
    if (!Files.isRegularFile(config)) {
      return null;
    }
    try {
      if (Files.size(config) > MAX_CONFIG_BYTES) {
        throw new GraftException.Misuse(config + " is longer than a configuration can be");
      }
      Object root = JsonReader.parse(Files.readString(config));
      return root instanceof Map<?, ?> all
              && all.get("volumes") instanceof Map<?, ?> volumes
              && volumes.get(name) instanceof Map<?, ?> one
          ? texts(one)
          : null;
    } catch (CharacterCodingException e) {
      throw new GraftException.Misuse(config + " is no text");
    } catch (IOException e) {
      throw new GraftException.Unavailable("cannot read " + config, e);
    } catch (GraftException.Misuse e) {
      throw new GraftException.Misuse(config + ": " + e.getMessage());
    }
  }

  private static Map<String, String> texts(Map<?, ?> members) {
    Map<String, String> texts = new LinkedHashMap<>();
    members.forEach((key, value) -> {
      if (value instanceof String text) {
        texts.put(String.valueOf(key), text);
      }
    });
    return texts;
  }
}
