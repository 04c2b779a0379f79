package dev.graft.client;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * How to commit, and what the commit says about itself.
 *
 * @param author at most 64 bytes of UTF-8; may be empty
 * @param message at most 256 bytes of UTF-8; may be empty
 * @param hotPages tells which written pages are read often: they get frames of their own
 * @param durability when the commit is done
 * @param onConflict what to do when another commit came first; of the policies, those that need
 *     nothing but the pages: {@link Policy.Reject} and {@link Policy.Merge}
 * @param mutation with which the work can be done again after any restart
 * @param again does the work again while this process lives; goes before {@code mutation}
 */
public record CommitOptions(
    String author,
    String message,
    LongPredicate hotPages,
    Durability durability,
    Policy onConflict,
    Optional<Mutation> mutation,
    Optional<Consumer<Transaction>> again) {
  /** No author, no message, nothing hot; done when it is in the store. */
  public static final CommitOptions NONE = new CommitOptions("", "", idx -> false);

  /** When a commit is done. */
  public enum Durability {
    /** When it is in the store: nobody sees it before. */
    REMOTE,
    /**
     * When it is safe in the replica's folder: this replica stands on it at once, and {@link
     * Replica#push} brings it to the store. Needs no network.
     */
    LOCAL
  }

  /** Done when it is in the store; a conflict is told. */
  public CommitOptions(String author, String message, LongPredicate hotPages) {
    this(
        author,
        message,
        hotPages,
        Durability.REMOTE,
        new Policy.Reject(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same with another durability. */
  public CommitOptions with(Durability other) {
    return new CommitOptions(author, message, hotPages, other, onConflict, mutation, again);
  }

  /** The same with another policy. */
  public CommitOptions onConflict(Policy other) {
    return new CommitOptions(author, message, hotPages, durability, other, mutation, again);
  }

  /** The same with a mutation. */
  public CommitOptions with(Mutation other) {
    return new CommitOptions(
        author, message, hotPages, durability, onConflict, Optional.of(other), again);
  }

  /** The same with a way to do the work again while this process lives. */
  public CommitOptions again(Consumer<Transaction> work) {
    return new CommitOptions(
        author, message, hotPages, durability, onConflict, mutation, Optional.of(work));
  }
}
