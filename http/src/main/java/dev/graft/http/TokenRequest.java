package dev.graft.http;

import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a token.
 *
 * @param volume which it admits; null for all
 * @param actions what it allows, at least one
 * @param ttl how long, to the millisecond
 * @param label at most {@link HttpLimits#MAX_LABEL} characters, for logs; null for none
 */
public record TokenRequest(
    @Nullable VolumeId volume, Set<Action> actions, Duration ttl, @Nullable String label) {
  public TokenRequest {
    actions = Set.copyOf(actions);
  }
}
