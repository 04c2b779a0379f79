package dev.graft.engine.store;

import dev.graft.protocol.error.GraftException;

/**
 * The key of an object: 1..512 characters of {@code a-z 0-9 - _ /}, no empty part, no leading or
 * trailing slash. So it is a path in a folder, a key in a bucket and a URL path without any escape.
 *
 * @param value the key
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
  private static final int MAX_LENGTH = 512;

  public ObjectKey {
    if (value.isEmpty() || value.length() > MAX_LENGTH || !isClean(value)) {
      throw new GraftException.Misuse("'" + value + "' is not an object key");
    }
  }

  private static boolean isClean(String value) {
    char previous = '/';
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!plain && (c != '/' || previous == '/')) {
        return false;
      }
      previous = c;
    }
    return previous != '/';
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
