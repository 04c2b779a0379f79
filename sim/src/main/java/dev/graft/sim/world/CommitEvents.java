package dev.graft.sim.world;

import dev.graft.client.Transaction;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Durability;
import java.util.List;
import java.util.function.Consumer;

/** Writes down what transactions of one session are: when they are made, and each time anew. */
final class CommitEvents {
  private final ClientThread thread;
  private final Recorder recorder;

  CommitEvents(ClientThread thread) {
    this.thread = thread;
    this.recorder = thread.recorder();
  }

  /**
   * A transaction is handed over, as the call that is open from now on.
   *
   * @param work what it is to achieve
   * @param began when its snapshot was pinned
   */
  Event.Commit made(
      String work, String transaction, long began, RecordedTransaction changes, How how) {
    long call = thread.beginsCall();
    return add(commit(call, thread.name(), work, transaction, began, changes, how));
  }

  /** A transaction is done again on top of others that were; gives what it is now. */
  Event.Commit redone(
      Event.Commit old, int number, Transaction onto, List<String> below, Consumer<Changes> body) {
    long began = recorder.now();
    RecordedTransaction changes = new RecordedTransaction(thread.world(), onto, below);
    body.accept(changes);
    String again = again(number);
    How how = new How(Durability.LOCAL, "replay");
    long call = recorder.nextCall();
    return add(commit(call, again, old.work(), old.transaction(), began, changes, how));
  }

  /** A transaction is again what it was. */
  void rewritten(Event.Commit old, int number) {
    add(
        new Event.Commit(
            recorder.now(),
            recorder.nextCall(),
            again(number),
            old.client(),
            old.volume(),
            old.transaction(),
            old.work(),
            old.began(),
            old.view(),
            old.reads(),
            old.readSet(),
            old.writes(),
            old.count(),
            old.smallest(),
            old.durability(),
            old.policy()));
  }

  private String again(int number) {
    return thread.name() + ".again" + number;
  }

  private Event.Commit add(Event.Commit commit) {
    recorder.add(commit);
    return commit;
  }

  private Event.Commit commit(
      long call,
      String session,
      String work,
      String transaction,
      long began,
      RecordedTransaction changes,
      How how) {
    return new Event.Commit(
        recorder.now(),
        call,
        session,
        thread.client(),
        thread.volume().toString(),
        transaction,
        work,
        began,
        changes.view(),
        changes.reads(),
        changes.readSet(),
        changes.writes(),
        changes.count(),
        changes.smallest(),
        how.durability(),
        how.policy());
  }
}
