package dev.graft.engine.store;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Where an object lies in a folder: one folder for each part of its key but the last, and a file
 * named by the last part and {@code .obj}. The dot, which no key has, tells objects from folders by
 * their names alone; so the keys {@code a} and {@code a/b} can both exist, and a listing needs to
 * ask the file system for names only.
 */
final class KeyPaths {
  private static final String OBJECT_SUFFIX = ".obj";

  /** Holds what is being written. No key leads here, because of the dot. */
  private static final String STAGING = ".staging";

  private final Path root;

  KeyPaths(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  Path staging() {
    return root.resolve(STAGING);
  }

  Path object(ObjectKey key) {
    return root.resolve(key.value() + OBJECT_SUFFIX);
  }

  /** The folder in which a path below the root lies. */
  static Path folderOf(Path path) {
    return Objects.requireNonNull(path.getParent(), "a path below the root has a parent");
  }

  /** The folder of the keys with this prefix, which is empty or ends with a slash. */
  Path folder(String prefix) {
    return root.resolve(prefix);
  }

  /**
   * The last part of the key of the object with this file name; for a folder its name and a slash.
   * In this form entries of one folder sort as the keys do that they stand for.
   */
  static String entry(String fileName) {
    return fileName.endsWith(OBJECT_SUFFIX)
        ? fileName.substring(0, fileName.length() - OBJECT_SUFFIX.length())
        : fileName + "/";
  }

  /** The key, or empty when a file that is not ours has this name. */
  static Optional<ObjectKey> key(String value) {
    return ObjectKey.isKey(value) ? Optional.of(new ObjectKey(value)) : Optional.empty();
  }
}
