package dev.graft.http;

import java.time.Instant;

/**
 * A token as it was made.
 *
 * @param token a secret
 * @param expires when it ends
 */
public record TokenAnswer(String token, Instant expires) {
  /** Says nothing of the token. */
  @Override
  public String toString() {
    return "TokenAnswer[expires " + expires + "]";
  }
}
