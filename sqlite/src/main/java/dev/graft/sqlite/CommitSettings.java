package dev.graft.sqlite;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitOptions.Durability;
import dev.graft.client.Policy;
import dev.graft.protocol.error.GraftException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * How one connection commits to one volume: set by the URL's parameters, changed by pragmas. For
 * one connection.
 */
final class CommitSettings {
  /** The URL parameter that tells when a commit is done. */
  static final String COMMIT = "commit";

  /** The URL parameter that tells what to do when another commit came first. */
  static final String ON_CONFLICT = "onconflict";

  private static final String REMOTE = "remote";
  private static final String LOCAL = "local";
  private static final String REJECT = "reject";
  private static final String MERGE = "merge";
  private static final int MAX_AUTHOR_BYTES = 64;
  private static final int MAX_MESSAGE_BYTES = 256;

  private Durability durability = Durability.REMOTE;
  private Policy onConflict = new Policy.Reject();
  private String author = "";
  private String message = "";

  /** What a URL's parameters say; without them, done when it is in the store, or refused. */
  static CommitSettings of(Map<String, String> parameters) {
    CommitSettings settings = new CommitSettings();
    String commit = parameters.get(COMMIT);
    if (commit != null) {
      settings.commit(commit);
    }
    String conflict = parameters.get(ON_CONFLICT);
    if (conflict != null) {
      settings.onConflict(conflict);
    }
    return settings;
  }

  Durability durability() {
    return durability;
  }

  boolean isLocal() {
    return durability == Durability.LOCAL;
  }

  boolean merges() {
    return onConflict instanceof Policy.Merge;
  }

  /** The name of the durability. */
  String commit() {
    return isLocal() ? LOCAL : REMOTE;
  }

  void commit(String name) {
    durability =
        switch (name.toLowerCase(Locale.ROOT)) {
          case REMOTE -> Durability.REMOTE;
          case LOCAL -> Durability.LOCAL;
          default ->
              throw new GraftException.Misuse(
                  COMMIT + " is " + REMOTE + " or " + LOCAL + ", not '" + name + "'");
        };
  }

  /** The name of the policy. */
  String onConflict() {
    return merges() ? MERGE : REJECT;
  }

  void onConflict(String name) {
    onConflict =
        switch (name.toLowerCase(Locale.ROOT)) {
          case REJECT -> new Policy.Reject();
          case MERGE -> new Policy.Merge();
          default ->
              throw new GraftException.Misuse(
                  ON_CONFLICT + " is " + REJECT + " or " + MERGE + ", not '" + name + "'");
        };
  }

  String author() {
    return author;
  }

  void author(String text) {
    author = checked("author", text, MAX_AUTHOR_BYTES);
  }

  String message() {
    return message;
  }

  /** Goes with the next commit, and only with that. */
  void message(String text) {
    message = checked("message", text, MAX_MESSAGE_BYTES);
  }

  private static String checked(String what, String text, int most) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > most) {
      throw new GraftException.Misuse(
          "the " + what + " of a commit has at most " + most + " bytes, not " + bytes);
    }
    return text;
  }

  /** A commit took the message. */
  void committed() {
    message = "";
  }

  /**
   * The options of a commit.
   *
   * @param mutation with which a local commit can be done again
   */
  CommitOptions options(LongPredicate hotPages, dev.graft.client.@Nullable Mutation mutation) {
    CommitOptions options =
        new CommitOptions(author, message, hotPages).with(durability).onConflict(onConflict);
    return mutation == null ? options : options.with(mutation);
  }
}
