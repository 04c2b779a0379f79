package dev.graft.auth;

import org.jspecify.annotations.Nullable;

/** Something that requests have to pass, and the store behind it. For one thread at a time. */
public interface Door {
  /**
   * Sends one request, exactly so.
   *
   * @param path as in the request line, perhaps none
   * @param token for the header {@code graft-token}; null for no header
   * @return the status of the answer; 200 where nobody answers but the door
   */
  int ask(String method, String path, @Nullable String token);

  /** Reads of the store so far, but those of what is revoked. */
  long storeReads();

  /** Writes to the store so far. */
  long storeWrites();
}
