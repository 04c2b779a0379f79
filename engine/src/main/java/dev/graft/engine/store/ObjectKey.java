package dev.graft.engine.store;

import dev.graft.protocol.error.GraftException;

/**
 * The key of an object: 1..512 characters of {@code a-z 0-9 - _ /}, in parts of 1..200 between
 * slashes. So it is a path in a folder, a key in a bucket and a URL path without any escape.
 *
 * @param value the key
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
  private static final int MAX_LENGTH = 512;

  /** Leaves room for a suffix in the 255 bytes of a file name. */
  private static final int MAX_PART_LENGTH = 200;

  public ObjectKey {
    if (!isKey(value)) {
      throw new GraftException.Misuse("'" + value + "' is not an object key");
    }
  }

  /** Whether the text is a key. */
  public static boolean isKey(String value) {
    if (value.length() > MAX_LENGTH) {
      return false;
    }
    int partLength = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (plain ? partLength == MAX_PART_LENGTH : c != '/' || partLength == 0) {
        return false;
      }
      partLength = plain ? partLength + 1 : 0;
    }
    return partLength > 0;
  }

  @Override
  public int compareTo(ObjectKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
