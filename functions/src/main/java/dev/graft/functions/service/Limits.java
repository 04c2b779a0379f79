package dev.graft.functions.service;

import dev.graft.protocol.error.GraftException;

/**
 * How much may be asked of one instance in a minute. A caller may save up a minute's worth and
 * spend it at once. Each instance counts for itself: with n instances at work, n times as much may
 * pass.
 *
 * @param requests of one token, and of one volume
 * @param commits of one volume
 * @param bytes of one token and of one volume, bodies of requests and answers together
 * @param forks of one volume
 */
public record Limits(long requests, long commits, long bytes, long forks) {
  /** What production begins with. */
  public static final Limits DEFAULT = new Limits(12_000, 3_000, 2L << 30, 60);

  /** More than anybody asks. */
  public static final Limits NONE =
      new Limits(Long.MAX_VALUE >> 20, Long.MAX_VALUE >> 20, Long.MAX_VALUE >> 20, 1L << 40);

  public Limits {
    if (requests < 1 || commits < 1 || bytes < 1 || forks < 1) {
      throw new GraftException.Misuse(
          "a limit must be at least 1: "
              + requests
              + " requests, "
              + commits
              + " commits, "
              + bytes
              + " bytes, "
              + forks
              + " forks a minute");
    }
  }
}
