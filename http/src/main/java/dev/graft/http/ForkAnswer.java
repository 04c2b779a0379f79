package dev.graft.http;

import dev.graft.protocol.remote.Forked;
import org.jspecify.annotations.Nullable;

/**
 * A fork as it was made.
 *
 * @param forked the fork
 * @param token one for the child, when the asking token is scoped to the parent; else null
 */
public record ForkAnswer(Forked forked, @Nullable String token) {
  /** Says nothing of the token. */
  @Override
  public String toString() {
    return "ForkAnswer[" + forked + (token == null ? "]" : ", with a token]");
  }
}
