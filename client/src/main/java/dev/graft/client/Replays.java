package dev.graft.client;

import dev.graft.client.local.LocalCommit;
import dev.graft.client.local.LocalMaker;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.remote.Graft;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Does local transactions again on top of what others committed. */
final class Replays {
  private final VolumeReplica replica;
  private final Line line;

  /** How local commits of this process are done again. */
  private final Map<IdempotencyKey, Consumer<Transaction>> again = new ConcurrentHashMap<>();

  Replays(VolumeReplica replica, Line line) {
    this.replica = replica;
    this.line = line;
  }

  /** Keeps the way to do a local commit's work again while this process lives. */
  void remember(IdempotencyKey key, Consumer<Transaction> work) {
    again.put(key, work);
  }

  /** Forgets the work of commits that are not pending any more. Alone. */
  void forgetOthers() {
    if (!again.isEmpty()) {
      again.keySet().retainAll(line.pending().stream().map(LocalCommit::key).toList());
    }
  }

  /**
   * Does all local transactions again, in order, on top of a graft, and puts them in the place of
   * the old ones; or leaves everything as it was. Alone.
   *
   * @return why it cannot be done; empty when it is done
   * @throws RuntimeException what a piece of work threw
   */
  Optional<String> run(Graft graft, Replayer replayer) {
    Line.Draft draft = line.draft(graft);
    Map<IdempotencyKey, Consumer<Transaction>> redone = new HashMap<>();
    boolean finished = false;
    try {
      for (LocalCommit commit : line.pending()) {
        Optional<String> trouble = redo(commit, replayer, draft, redone);
        if (trouble.isPresent()) {
          return trouble;
        }
      }
      // First, for what a full disk does not let end here may come about all the same.
      again.putAll(redone);
      draft.finish();
      finished = true;
      forgetOthers();
      return Optional.empty();
    } finally {
      if (!finished) {
        draft.drop();
      }
    }
  }

  private Optional<String> redo(
      LocalCommit commit,
      Replayer replayer,
      Line.Draft draft,
      Map<IdempotencyKey, Consumer<Transaction>> redone) {
    LocalCommit.Work old = commit.work();
    Consumer<Transaction> work = again.get(commit.key());
    Optional<Mutation> mutation = old.mutation();
    try (StagedTransaction transaction = replica.begin(draft.pin())) {
      if (work != null) {
        work.accept(transaction);
      } else if (mutation.isPresent()) {
        replayer.replay(mutation.get(), transaction);
      } else {
        return Optional.of(
            name(old) + " cannot be done again: it was committed without a mutation");
      }
      if (transaction.isEmpty()) {
        return Optional.empty();
      }
      CommitOptions how =
          new CommitOptions(
              old.record().author(),
              old.record().message(),
              page -> false,
              CommitOptions.Durability.LOCAL,
              new Policy.Reject(),
              mutation,
              Optional.empty());
      LocalMaker.Made made = transaction.makeLocal(how);
      draft.add(made);
      if (work != null) {
        redone.put(made.work().key(), work);
      }
      return Optional.empty();
    } catch (GraftException.Misuse e) {
      return Optional.of(name(old) + " cannot be done again: " + e.getMessage());
    }
  }

  /** Names a transaction for people. */
  static String name(LocalCommit.Work work) {
    String message = work.record().message();
    String what = message.isEmpty() ? "" : " (" + message + ")";
    return "transaction " + work.key() + what + " of " + work.localTime();
  }
}
