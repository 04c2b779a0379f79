package dev.graft.client;

import java.util.function.LongPredicate;

/**
 * What a commit says about itself.
 *
 * @param author at most 64 bytes of UTF-8; may be empty
 * @param message at most 256 bytes of UTF-8; may be empty
 * @param hotPages tells which written pages are read often: they get frames of their own
 */
public record CommitOptions(String author, String message, LongPredicate hotPages) {
  /** No author, no message, nothing hot. */
  public static final CommitOptions NONE = new CommitOptions("", "", idx -> false);
}
