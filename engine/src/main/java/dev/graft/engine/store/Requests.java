package dev.graft.engine.store;

import dev.graft.protocol.error.GraftException;

/** Checks of what callers ask of a store, the same in all stores. */
public final class Requests {
  private static final int MAX_KEYS = 1000;

  private Requests() {}

  /**
   * Refuses a range that cannot be one.
   *
   * @throws GraftException.Misuse when it is negative
   */
  public static void checkRange(ObjectKey key, long offset, int maxBytes) {
    if (offset < 0 || maxBytes < 0) {
      throw new GraftException.Misuse(
          "cannot read " + maxBytes + " bytes at offset " + offset + " of " + key);
    }
  }

  /**
   * Refuses a listing that no store gives.
   *
   * @throws GraftException.Misuse when the prefix is none, or the number of keys is not 1..1000
   */
  public static void checkList(String prefix, int maxKeys) {
    boolean folder =
        prefix.endsWith("/") && ObjectKey.isKey(prefix.substring(0, prefix.length() - 1));
    if (!prefix.isEmpty() && !folder) {
      throw new GraftException.Misuse(
          "cannot list '" + prefix + "': a prefix is empty, or a key and a slash");
    }
    if (maxKeys < 1 || maxKeys > MAX_KEYS) {
      throw new GraftException.Misuse(
          "a listing gives 1 to " + MAX_KEYS + " keys at once, not " + maxKeys);
    }
  }
}
