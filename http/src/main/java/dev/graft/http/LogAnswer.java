package dev.graft.http;

import dev.graft.protocol.remote.LogPage;

/**
 * A log page as it travels.
 *
 * @param page what fits
 * @param more whether it was cut because it grew too long: ask on below its last commit
 */
public record LogAnswer(LogPage page, boolean more) {}
