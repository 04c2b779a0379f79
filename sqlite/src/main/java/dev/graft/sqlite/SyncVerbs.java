package dev.graft.sqlite;

import dev.graft.client.Changes;
import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Policy;
import dev.graft.client.PushResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaStatus;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Forked;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The pragmas between a replica and its volume in the store: push, pull, rebase, discard, reset,
 * fork, revert. Each answers one JSON object, or fails with a sentence. For one connection.
 *
 * <p>Those that make something new each time give the same answer again while the replica stands
 * where they left it: SQLite may run a pragma more than once for one statement.
 */
final class SyncVerbs {
  private static final RandomIdSource IDS = new RandomIdSource(new SecureRandom());

  /** What a verb answered, and on which content the replica stood then. */
  private record Answered(String verb, @Nullable String value, long generation, String answer) {}

  private final VolumeFile file;
  private @Nullable Answered last;

  SyncVerbs(VolumeFile file) {
    this.file = file;
  }

  /** The answer, or null when it is none of these verbs. */
  @Nullable String answer(String verb, @Nullable String value) {
    return switch (verb) {
      case "graft_pull" -> changes(replica(verb).pull());
      case "graft_reset" -> changes(replica(verb).reset());
      case "graft_push" -> pushed(verb, replica(verb).push(policy(value)));
      case "graft_rebase" -> pushed(verb, replica(verb).rebase(policy(value)));
      case "graft_discard" -> JsonText.object(Map.of("discarded", replica(verb).discard()));
      case "graft_fork" -> once(verb, value, () -> fork(replica(verb), value));
      case "graft_revert" -> once(verb, value, () -> revert(replica(verb), value));
      default -> null;
    };
  }

  private Replica replica(String verb) {
    if (file.isPast()) {
      throw new GraftException.Misuse(verb + " cannot move a snapshot of the past");
    }
    if (file.isWriting()) {
      throw new GraftException.Misuse(verb + " within a write transaction: end it first");
    }
    return file.volume().replica();
  }

  private static Policy policy(@Nullable String value) {
    return switch (value == null ? "reject" : value.toLowerCase(Locale.ROOT)) {
      case "reject" -> new Policy.Reject();
      case "merge" -> new Policy.Merge();
      case "replay" -> new Policy.Replay(new SqliteReplayer());
      case "fork" -> new Policy.Fork(IDS.newVolumeId());
      default ->
          throw new GraftException.Misuse(
              "a policy is reject, merge, replay or fork, not '" + value + "'");
    };
  }

  private static String pushed(String verb, PushResult result) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    switch (result) {
      case PushResult.Nothing nothing -> members.put("transactions", 0);
      case PushResult.Pushed done -> {
        members.put("lsn", done.position().lsn().value());
        members.put("transactions", done.transactions());
        members.put("commits", done.commits());
      }
      case PushResult.Forked done -> {
        members.put("fork", done.child());
        members.put("lsn", done.position().lsn().value());
        members.put("transactions", done.transactions());
      }
      case PushResult.Conflict conflict ->
          throw new GraftException.Conflict(
              conflict.pending()
                  + " local transactions stand on commit "
                  + conflict.base().lsn()
                  + ", the store is at "
                  + conflict.head().lsn()
                  + ": "
                  + conflict.reason()
                  + "; nothing is lost: PRAGMA "
                  + verb
                  + "=merge, replay or fork, or graft_discard");
    }
    return JsonText.object(members);
  }

  private String once(String verb, @Nullable String value, Supplier<String> work) {
    Answered before = last;
    if (before != null
        && before.verb.equals(verb)
        && Objects.equals(before.value, value)
        && before.generation == generation()) {
      return before.answer;
    }
    String answer = work.get();
    last = new Answered(verb, value, generation(), answer);
    return answer;
  }

  private long generation() {
    try (Snapshot now = file.volume().replica().snapshot()) {
      return now.generation();
    }
  }

  private static String fork(Replica replica, @Nullable String child) {
    Forked forked = replica.fork(child == null ? IDS.newVolumeId() : VolumeId.parse(child));
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("fork", forked.child().volume());
    members.put("lsn", forked.start().lsn().value());
    return JsonText.object(members);
  }

  private static Lsn commit(@Nullable String value) {
    try {
      if (value != null && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return new Lsn(Long.parseUnsignedLong(value));
      }
    } catch (NumberFormatException e) {
      throw noCommit();
    }
    throw noCommit();
  }

  private static GraftException.Misuse noCommit() {
    return new GraftException.Misuse(
        "graft_revert wants the number of the commit to go back to: PRAGMA graft_revert(7)");
  }

  private String revert(Replica replica, @Nullable String value) {
    Lsn to = commit(value);
    CommitSettings settings = file.settings();
    var options = new CommitOptions(settings.author(), settings.message(), page -> false);
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    switch (replica.revert(to, options)) {
      case CommitResult.Committed done -> {
        settings.committed();
        members.put("lsn", done.position().lsn().value());
      }
      case CommitResult.Local local -> members.put("pending", local.pending());
      case CommitResult.Nothing nothing -> members.put("lsn", null);
      case CommitResult.Conflict conflict ->
          throw new GraftException.Conflict(
              "another commit came first, the store is at "
                  + conflict.head().lsn()
                  + ": PRAGMA graft_pull, look, and revert again");
    }
    return JsonText.object(members);
  }

  private String changes(Changes changes) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("from", changes.from().lsn().value());
    members.put("upto", changes.upto().lsn().value());
    members.put("pagesChanged", changes.whole() ? null : changes.pages().cardinality());
    members.put("pageCount", changes.pageCount().value());
    ReplicaStatus status = file.volume().replica().status();
    members.put("pending", status.pending());
    members.put("remote", status.remoteHead().lsn().value());
    return JsonText.object(members);
  }
}
