package dev.graft.http;

import dev.graft.protocol.id.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * Asks for summaries of commits.
 *
 * @param newest the first one wanted; null for the head
 * @param max 1..{@link HttpLimits#MAX_LOG_COMMITS}
 */
public record LogRequest(@Nullable Lsn newest, int max) {}
